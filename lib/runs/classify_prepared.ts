import { PassSize } from "../evaluation/pass_size.ts";
import { inferByLevel, routeImages } from "../evaluation/routed_images.ts";
import { mostProbable } from "./most_probable.ts";
import { requireDepth } from "./require_depth.ts";
import type { InferenceNetwork } from "../classifiers/classifier.ts";
import type { LoadedClassifier } from "./load_trained.ts";
import type { Prediction } from "./run_types.ts";

/** Most images per forward pass. */
const BATCH_SIZE = 64;

/** What classifies pictures. */
export interface PreparedModel extends LoadedClassifier {
  readonly network: InferenceNetwork;
  /** Every image has its own trajectory. */
  readonly exact: boolean;
  /** Hears how many pictures have been classified. */
  readonly report: (done: number) => void;
}

/** A picture at a model's size. */
export interface PreparedPicture {
  /** What it is called in the answer. */
  readonly name: string;
  /** `[height, width, 3]`, RGB, row-major, uint8, 0..255. */
  readonly pixels: Uint8Array;
}

/** Options of {@linkcode classifyPrepared}. */
export interface ClassifyPreparedOptions {
  /** Most probable classes of every answer. */
  readonly topK: number;
  /**
   * Number of layers that every picture passes.
   *
   * @default each picture's own
   */
  readonly depth?: number | undefined;
}

/**
 * Classifies pictures that have been brought to a model's size.
 *
 * @param model The classifier with its network.
 * @param pictures The pictures.
 * @param options Number of classes, and a depth for all.
 * @returns One answer per picture, in their order.
 * @throws {UsageError} if the model has no network of that depth.
 */
export async function classifyPrepared(
  model: PreparedModel,
  pictures: readonly PreparedPicture[],
  options: ClassifyPreparedOptions,
): Promise<Prediction[]> {
  const { trained, card: { classNames, image: { height, width } }, network, exact, report } = model;
  const { levels } = trained.classifier;
  const pixels = new Uint8Array(pictures.length * height * width * 3);
  pictures.forEach((picture, index) => pixels.set(picture.pixels, index * height * width * 3));
  const { topK, depth } = options;
  const forced = depth === undefined ? {} : { level: requireDepth(levels, depth, exact) };
  const routed = routeImages(trained, { pixels, height, width }, forced);
  const pass = new PassSize(BATCH_SIZE);
  let done = 0;
  const predictions = new Array<Prediction>(pictures.length);
  for await (const { level, positions, rows } of inferByLevel(routed, { trained, network, pass })) {
    done += positions.length;
    report(done);
    positions.forEach((position, row) => {
      predictions[position] = {
        file: pictures[position]!.name,
        classes: mostProbable(rows[row]!, classNames, topK),
        complexity: routed.complexities[position]!,
        complexityUnit: trained.measure.unit,
        depth: levels.list[level]!.depth,
        level,
      };
    });
  }
  return predictions;
}
