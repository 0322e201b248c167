import * as tf from "@tensorflow/tfjs-core";
import { measureComplexity } from "../complexity/measure_complexity.ts";
import { standardize } from "../datasets/standardization.ts";
import type { InferenceNetwork, InferenceResult } from "../models/classifier.ts";
import type { TrainedClassifier } from "./evaluate.ts";

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
  /** Positions of the images by level. */
  readonly groups: ReadonlyMap<number, readonly number[]>;
}

/**
 * Measures the complexity of images and sends each to its level.
 *
 * @param trained What measures, and the levels there are.
 * @param images The images.
 * @returns The images with complexities, grouped by level.
 */
export function routeImages(
  trained: Pick<TrainedClassifier, "classifier" | "measure">,
  images: ImageBlock,
): RoutedImages {
  const { pixels, height, width } = images;
  const complexities = measureComplexity(pixels, { height, width, measure: trained.measure });
  const groups = new Map<number, number[]>();
  complexities.forEach((complexity, position) => {
    const level = trained.classifier.levels.levelOf(complexity);
    const group = groups.get(level);
    if (group === undefined) groups.set(level, [position]);
    else group.push(position);
  });
  return { pixels, height, width, complexities, groups };
}

/** Which of the routed images pass which network. */
export interface InferRoutedOptions {
  /** What standardises the images. */
  readonly trained: Pick<TrainedClassifier, "standardization">;
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
  const input = new Float32Array(positions.length * size);
  positions.forEach((position, row) => {
    const image = pixels.subarray(position * size, (position + 1) * size);
    standardize(image, trained.standardization, input.subarray(row * size, (row + 1) * size));
  });
  const tensor = tf.tensor4d(input, [positions.length, height, width, 3]);
  const { logits, ...result } = await network.infer({
    images: tensor,
    level,
    complexities: positions.map((position) => complexities[position]!),
  });
  tensor.dispose();
  const classes = logits.shape[1];
  const values = await logits.data<"float32">();
  logits.dispose();
  const rows = positions.map((_, row) => values.slice(row * classes, (row + 1) * classes));
  return { rows, result };
}
