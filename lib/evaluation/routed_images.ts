import * as tf from "@tensorflow/tfjs-core";
import { measureComplexity } from "../complexity/measure_complexity.ts";
import { standardize } from "../datasets/standardization.ts";
import { yieldToEventLoop } from "../tensors/event_loop.ts";
import { requireFinite } from "../tensors/require_finite.ts";
import type { InferenceNetwork, InferenceResult } from "../classifiers/classifier.ts";
import type { PassSize } from "./pass_size.ts";
import type { TrainedClassifier } from "./trained_classifier.ts";

/** Images in memory. */
export interface ImageBlock {
  /** `[images, height, width, 3]` RGB, uint8, 0..255. */
  readonly pixels: Uint8Array;
  /** Height in pixels. */
  readonly height: number;
  /** Width in pixels. */
  readonly width: number;
}

/** Images with the level that each goes to. */
export interface RoutedImages extends ImageBlock {
  /** Complexity of each, `[images]`, bits. */
  readonly complexities: Float64Array;
  /** Level that all of them were sent to; `undefined` if each went to its own. */
  readonly level: number | undefined;
  /** Positions of the images by level. */
  readonly groups: ReadonlyMap<number, readonly number[]>;
}

/** Images measured between two calls of `onMeasured`. */
const MEASURED_TOGETHER = 128;

/** Options of `routeImages`. */
export interface RouteImagesOptions {
  /** Sends all of them to this level instead. */
  readonly level?: number | undefined;
  /** Called now and then while complexities are measured. */
  readonly onMeasured?: () => void;
}

/**
 * Measures the complexity of images and sends each to its level.
 *
 * @param trained What measures, and the levels there are.
 * @param images The images.
 * @param options A level for all, and who is told that it goes on.
 * @returns The images with complexities, grouped by level.
 */
export function routeImages(
  trained: Pick<TrainedClassifier, "classifier" | "measure">,
  images: ImageBlock,
  options: RouteImagesOptions = {},
): RoutedImages {
  const { pixels, height, width } = images;
  const { level, onMeasured } = options;
  const { measure } = trained;
  const size = height * width * 3;
  const complexities = new Float64Array(pixels.length / size);
  for (let first = 0; first < complexities.length; first += MEASURED_TOGETHER) {
    const some = pixels.subarray(first * size, (first + MEASURED_TOGETHER) * size);
    complexities.set(measureComplexity(some, { height, width, measure }), first);
    onMeasured?.();
  }
  const groups = new Map<number, number[]>();
  complexities.forEach((complexity, position) => {
    const taken = level ?? trained.classifier.levels.levelOf(complexity);
    const group = groups.get(taken);
    if (group === undefined) groups.set(taken, [position]);
    else group.push(position);
  });
  return { pixels, height, width, complexities, level, groups };
}

/** Which of the routed images pass which network. */
export interface InferRoutedOptions {
  /** What standardises the images. */
  readonly trained: Pick<TrainedClassifier, "classifier" | "standardization">;
  /** The network. */
  readonly network: InferenceNetwork;
  /** Positions of the images, all of one level. */
  readonly positions: readonly number[];
  /** Their level. */
  readonly level: number;
}

/**
 * Passes images of one level through a network and reads the logits back.
 *
 * @param images Routed images.
 * @param options Which of them, and the network.
 * @returns Logits `[classes]` for every position, and what the network says of its work; its tensor is disposed of.
 * @throws {DivergenceError} if a logit is not finite.
 */
export async function inferRouted(
  images: RoutedImages,
  options: InferRoutedOptions,
): Promise<{
  readonly rows: readonly Float32Array[];
  readonly result: Omit<InferenceResult, "logits">;
}> {
  const { pixels, height, width, complexities } = images;
  const { trained, network, positions, level } = options;
  const size = height * width * 3;
  const bytes = new Uint8Array(positions.length * size);
  positions.forEach((position, row) => {
    bytes.set(pixels.subarray(position * size, (position + 1) * size), row * size);
  });
  // In exact mode the complexity decides: an image sent elsewhere takes that of the level.
  const { complexity } = trained.classifier.levels.list[level]!;
  const tensor = tf.tensor4d(standardize(bytes, trained.standardization), [
    positions.length,
    height,
    width,
    3,
  ]);
  let inferred: InferenceResult;
  try {
    inferred = await network.infer({
      images: tensor,
      level,
      complexities: positions.map((position) =>
        images.level === undefined ? complexities[position]! : complexity
      ),
    });
  } finally {
    // Also where it fails: kernels are generated with the first image of a level, and can turn out not to be finite.
    tensor.dispose();
  }
  const { logits, ...result } = inferred;
  const classes = logits.shape[1];
  const values = await logits.data<"float32">().finally(() => logits.dispose());
  requireFinite(values, "logits");
  const rows = positions.map((_, row) => values.slice(row * classes, (row + 1) * classes));
  return { rows, result };
}

/** Images of one level that passed a network together. */
export interface RoutedPass extends Awaited<ReturnType<typeof inferRouted>> {
  /** Their positions. */
  readonly positions: readonly number[];
  /** Their level. */
  readonly level: number;
}

/**
 * Passes all routed images through the networks of their levels, and lets others work in between.
 *
 * @param images Routed images.
 * @param options The network, and how many images pass it together.
 * @returns One pass after the other, level by level.
 * @throws {DivergenceError} if a logit is not finite.
 */
export async function* inferByLevel(
  images: RoutedImages,
  options: Pick<InferRoutedOptions, "trained" | "network"> & { readonly pass: PassSize },
): AsyncGenerator<RoutedPass> {
  const { trained, network, pass } = options;
  for (const [level, all] of images.groups) {
    for (let first = 0; first < all.length;) {
      const positions = all.slice(first, first + pass.size);
      first += positions.length;
      await yieldToEventLoop();
      const inferred = await inferRouted(images, { trained, network, positions, level });
      pass.add(positions.length, inferred.result.multiplyAdds);
      yield { ...inferred, positions, level };
    }
  }
}
