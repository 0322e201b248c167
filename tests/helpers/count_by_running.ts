import * as tf from "@tensorflow/tfjs-core";
import { createClassifier } from "../../lib/models/create_classifier.ts";
import { computeLevelStatistics } from "../../lib/classifiers/compute_level_statistics.ts";
import type { MapSize } from "../../lib/architectures/count_layers.ts";
import type { Classifier } from "../../lib/classifiers/classifier.ts";
import type { ModelConfig } from "../../lib/models/model_config.ts";

/** What is found by making a model. */
export interface CustomCount {
  /** All trainable numbers. */
  readonly parameters: number;
  /** Multiply-adds of one image; of the most expensive path where the network decides. */
  readonly multiplyAdds: number;
}

/** Images that only have to be of the right size; two, since a norm of one value is nothing. */
const IMAGES = 2;

function sizeOf(shape: readonly number[] | undefined | null): number {
  return (shape ?? []).reduce((product, length) => product * length, 1);
}

/** What the record of one operation says. */
interface OperationShapes {
  readonly name: string;
  readonly inputShapes: readonly (readonly number[] | null)[];
  readonly outputShapes: readonly (readonly number[])[];
}

/** Multiply-adds of one operation; anything but convolutions and matrix products is free by our rule. */
function workOfOperation({ name, inputShapes, outputShapes }: OperationShapes): number {
  const outputs = sizeOf(outputShapes[0]);
  const second = inputShapes[1] ?? [];
  if (/^(?:Fused)?Depthwise/.test(name)) return outputs * sizeOf(second.slice(0, 2));
  if (name === "Conv2D" || name === "FusedConv2D") return outputs * sizeOf(second.slice(0, 3));
  if (name === "BatchMatMul" || name === "_FusedMatMul") {
    const columns = outputShapes[0]!.at(-1)!;
    // The other side of the second matrix, whether it was transposed or not.
    return outputs * (sizeOf(second.slice(-2)) / columns);
  }
  return 0;
}

/**
 * Convolutions and matrix products of a training pass, which takes every way through the network.
 *
 * @param classifier The model.
 * @param images `[batch, height, width, 3]`, float32.
 * @returns Multiply-adds of the whole batch.
 */
async function workOfAllWays(classifier: Classifier, images: tf.Tensor4D): Promise<number> {
  const { kernels } = await tf.profile(() => {
    tf.tidy(() => {
      classifier.forward(images, classifier.levels.list[0]!, { normalize: (_, input) => input });
    });
    return [];
  });
  return (kernels as readonly OperationShapes[]).reduce(
    (total, operation) => total + workOfOperation(operation),
    0,
  );
}

/** What inference itself says it did, with the statistics of the same images. */
async function workOfInference(
  classifier: Classifier,
  images: tf.Tensor4D,
): Promise<number> {
  const level = classifier.levels.list[0]!;
  const statistics = await computeLevelStatistics(
    classifier,
    (async function* () {
      yield await Promise.resolve({ images: images.clone(), levels: level });
    })(),
  );
  const [, height, width] = images.shape;
  const network = await classifier.prepare(new Map([[level.index, statistics]]), {
    image: { height, width },
    exact: false,
  });
  try {
    const complexities = new Array<number>(images.shape[0]).fill(level.complexity);
    const result = await network.infer({ images, level: level.index, complexities });
    result.logits.dispose();
    return result.multiplyAdds;
  } finally {
    network.dispose();
  }
}

/**
 * Counts a model that is more than a list of layers by making it on the current backend and running it once.
 *
 * @param config What fixes the model.
 * @param options Number of classes, size of the images, whether the network decides which work an image needs.
 * @returns Parameters and multiply-adds; the model is disposed of.
 */
export async function countByRunning(
  config: ModelConfig,
  options: { readonly classes: number; readonly image: MapSize; readonly decides: boolean },
): Promise<CustomCount> {
  const { height, width } = options.image;
  const classifier = createClassifier(config, { classes: options.classes, seed: 0 });
  const images = tf.randomNormal<tf.Rank.R4>([IMAGES, height, width, 3], 0, 1, "float32", 1);
  try {
    const work = await (options.decides ? workOfAllWays : workOfInference)(classifier, images);
    return { parameters: classifier.parameters.count(), multiplyAdds: work / IMAGES };
  } finally {
    images.dispose();
    classifier.dispose();
  }
}
