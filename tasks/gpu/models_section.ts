import { messageOf } from "../../lib/errors.ts";
import * as tf from "@tensorflow/tfjs-core";
import { BACKENDS } from "../../lib/backends/select_backend.ts";
import { createClassifier } from "../../lib/models/create_classifier.ts";
import { type ModelName, modelNames } from "../../lib/models/model_names.ts";
import { lossAndGradients } from "../../lib/training/training_step.ts";
import { CLASSES, modelConfig } from "../bench/bench_models.ts";
import { compareValues, type NamedValues } from "./compare_values.ts";
import { normal } from "./layer_case.ts";
import type { SectionContext, SectionFindings } from "./section.ts";

/** Images of the batch: few, since plain JavaScript computes them too. */
const BATCH = 2;

/** C of the puppets. */
const CHANNELS = 32;

/**
 * Largest length of a gradient's difference, as a share of the gradient's. Single numbers may differ by more: where two
 * numbers are equal up to rounding, max-pooling and rectifiers choose another way.
 */
const TOLERANCE = 5e-3;

/** Parameters whose gradient is below this share of the largest one hold rounding only (biases before a norm). */
const NEGLIGIBLE = 1e-5;

/** Small ones first, so that a short time shows something of every kind. */
const ORDER: readonly ModelName[] = [
  ...["puppet-cnn", "squeezenet", "mobilenet-v1", "mobilenet-v2", "puppet-alexnet"] as const,
  ...["puppet-vgg", "puppet-resnet", "fixed-cnn", "alexnet", "vgg", "resnet", "skipnet"] as const,
];

async function gradientsOf(name: ModelName): Promise<NamedValues> {
  const classifier = createClassifier(modelConfig({ name, maxChannels: CHANNELS }), {
    ...{ classes: CLASSES, seed: 1 },
  });
  const images = normal([BATCH, 32, 32, 3], 7) as tf.Tensor4D;
  const labels = tf.tensor1d([3, 5], "int32");
  const level = classifier.levels.list[0]!;
  const batch = { images, labels, levels: level };
  const { loss, correct, gradients } = lossAndGradients(classifier, batch, { recompute: false });
  const values = new Map([["loss", Float32Array.from(await loss.data())]]);
  for (const [parameter, gradient] of gradients) {
    values.set(parameter, Float32Array.from(await gradient.data()));
  }
  tf.dispose([images, labels, loss, correct, ...gradients.values()]);
  classifier.dispose();
  return values;
}

const length = (values: Float32Array) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

function withoutNegligible(values: NamedValues, reference: NamedValues): NamedValues {
  const largest = Math.max(...[...reference.values()].map(length));
  return new Map(
    [...values].filter(([name]) =>
      name === "loss" || length(reference.get(name) ?? new Float32Array()) > NEGLIGIBLE * largest
    ),
  );
}

async function compareModel(context: SectionContext, name: ModelName) {
  await BACKENDS.cpu.activate();
  const reference = await gradientsOf(name);
  await BACKENDS[context.active.name].activate();
  const found = await gradientsOf(name);
  const differences = compareValues(
    withoutNegligible(found, reference),
    withoutNegligible(reference, reference),
  );
  const worst = differences.reduce((left, right) => left.relative >= right.relative ? left : right);
  const passed = worst.relative <= TOLERANCE;
  context.say(
    `${passed ? "ok  " : "WRONG"} ${name}: ${
      worst.relative.toExponential(1)
    } in ${worst.name}, allowed ` +
      `${TOLERANCE}, ${differences.length} tensors`,
  );
  return { name, difference: worst.relative, where: worst.name, passed, error: null };
}

/** Loss and gradient of whole models on the backend against plain JavaScript. */
export async function compareModels(context: SectionContext): Promise<SectionFindings> {
  const rest = modelNames.filter((name) => !ORDER.includes(name));
  const names = context.options.smoke ? ORDER.slice(0, 2) : [...ORDER, ...rest];
  const models = [];
  for (const name of names) {
    if (context.secondsLeft() < 10) break;
    try {
      models.push(await compareModel(context, name));
    } catch (error) {
      const text = messageOf(error);
      context.say(`WRONG ${name}: ${text.split("\n")[0]}`);
      models.push({ name, difference: null, where: null, passed: false, error: text });
    }
    context.note({ tolerance: TOLERANCE, models });
  }
  const right = models.filter(({ passed }) => passed).length;
  const notReached = names.slice(models.length);
  context.say(
    `${right} of ${models.length} models agree; not reached: ${notReached.join(", ") || "none"}`,
  );
  return {
    passed: models.length > 0 && right === models.length,
    figures: { tolerance: TOLERANCE, batch: BATCH, channels: CHANNELS, models, notReached },
  };
}
