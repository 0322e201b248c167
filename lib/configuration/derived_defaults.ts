import { isObject } from "../files/is_object.ts";
import { complexityMeasure, complexityMeasureNames } from "../complexity/measure_registry.ts";

/** Keys that defaults of others follow from. */
export const DERIVED_FROM: readonly string[] = ["data.dataset", "model.complexity"];

/** Keys whose defaults follow from them, or that decide what follows by being given. */
export const DERIVED_KEYS: readonly string[] = [
  "data.images",
  "data.validationFraction",
  "data.imageSize",
  "data.resizeTo",
  "data.splitSeed",
  "model.stepsPerBit",
  "model.complexityOffset",
  "model.referenceComplexity",
  "training.fitDepths",
];

/** Constants of the rule for levels, which are of one measure, and are fitted to a person's own images. */
export const KEYS_OF_MEASURE = ["stepsPerBit", "complexityOffset", "referenceComplexity"];

/** Seed of the 8:1:1 split of mini-ImageNet, the same for every run, as the paper says. */
const SPLIT_SEED = 2411;

/** 84 pixels are cut out of 96: the ratio 7/8 that ImageNet's 224 out of 256 made common. The paper says only "cropped". */
function withMargin(
  imageSize: unknown,
): { readonly imageSize: unknown; readonly resizeTo: unknown } {
  const side = imageSize ?? 84;
  return { imageSize: side, resizeTo: typeof side === "number" ? Math.round(side * 8 / 7) : null };
}

/**
 * The paper draws 10,000 images from CIFAR-10 only and takes the other datasets whole; mini-ImageNet is cut to 84 x 84
 * pixels and split 8:1:1 by a fixed seed (section 4.1).
 */
function withRulesOfDataset(input: unknown): unknown {
  const data = isObject(input) ? input.data : undefined;
  if (!isObject(data) || data.dataset === undefined || data.dataset === "cifar10") return input;
  const rules = data.dataset === "mini-imagenet"
    ? {
      images: null,
      validationFraction: 1 / 9,
      splitSeed: SPLIT_SEED,
      ...withMargin(data.imageSize),
    }
    : { images: null };
  return { ...(input as Record<string, unknown>), data: { ...rules, ...data } };
}

/** Layers that an image of average complexity gets by default. */
const AVERAGE_DEPTH = 10;

/**
 * kappa = 0.8 and 12.5 bits are made for `entropy`. Another measure has another scale, and with those numbers
 * could send every image to the same depth: its own average takes their place where nothing is said.
 */
function withScaleOfMeasure(input: unknown): unknown {
  const model = isObject(input) ? input.model : undefined;
  if (!isObject(model) || typeof model.complexity !== "string" || model.complexity === "entropy") {
    return input;
  }
  if (!complexityMeasureNames.includes(model.complexity)) return input;
  const { referenceMean } = complexityMeasure(model.complexity);
  const stepsPerBit = Number((AVERAGE_DEPTH / referenceMean).toPrecision(4));
  return {
    ...(input as Record<string, unknown>),
    model: { stepsPerBit, referenceComplexity: referenceMean, ...model },
  };
}

/**
 * kappa = 0.8 is made for CIFAR-10. A person's own images have other sizes and other contents: the rule is fitted to them
 * where it does not suit them and nothing is said.
 */
function withFittedDepths(input: unknown): unknown {
  if (!isObject(input) || !isObject(input.data) || input.data.dataset !== "folder") return input;
  const model = isObject(input.model) ? input.model : {};
  if (KEYS_OF_MEASURE.some((key) => model[key] !== undefined)) return input;
  const training = isObject(input.training) ? input.training : {};
  return { ...input, training: { fitDepths: true, ...training } };
}

/**
 * Fills in the defaults that follow from other keys: how much of a dataset is taken, the scale of a complexity measure,
 * and whether the rule for depth is fitted.
 *
 * @param input A plain object; sections and keys may be missing.
 * @returns The input with the derived values where nothing was said.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const input = { data: { dataset: "cifar100" } };
 * assert.deepEqual(withDerivedDefaults(input), { data: { images: null, dataset: "cifar100" } });
 * ```
 */
export function withDerivedDefaults(input: unknown): unknown {
  return withRulesOfDataset(withScaleOfMeasure(withFittedDepths(input)));
}
