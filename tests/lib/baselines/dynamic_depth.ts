import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { batchNormWithMoments } from "../../../lib/layers/batch_norm.ts";
import { computeLevelStatistics } from "../../../lib/classifiers/compute_level_statistics.ts";
import { LevelClassifier } from "../../../lib/puppet/level_classifier.ts";
import { ComplexityLevels } from "../../../lib/puppeteer/complexity_levels.ts";
import { ParameterSet } from "../../../lib/tensors/parameter_set.ts";
import { lossAndGradients } from "../../../lib/training/training_step.ts";
import { largestDifference, normalTensor, take } from "../../helpers/tensors.ts";
import type { Layer } from "../../../lib/architectures/layer.ts";
import type { Classifier, InferenceResult } from "../../../lib/classifiers/classifier.ts";
import type { LevelStatistics } from "../../../lib/classifiers/level_statistics.ts";

/** The level of models that do not look at complexity. */
export const ONE_LEVEL = new ComplexityLevels({
  stepsPerBit: 0.8,
  minSteps: 6,
  maxSteps: 12,
  depthAdaptation: false,
  parameterAdaptation: false,
  fixedDepth: 10,
  levelsPerDepth: 1,
  referenceComplexity: 12.5,
  complexityOffset: 0,
});

/** Seed and levels of test models with three classes. */
export const TINY = { classes: 3, seed: 1, levels: ONE_LEVEL } as const;

/** Images that differ in strength, so that decisions on them differ. */
export function testImages(count: number, size: number): tf.Tensor4D {
  return tf.tidy(() => {
    const strength = tf.tensor4d(Array.from({ length: count }, (_, at) => 0.2 + at), [
      count,
      1,
      1,
      1,
    ]);
    return tf.mul<tf.Tensor4D>(normalTensor([count, size, size, 3], "images"), strength);
  });
}

/** A network of the same layers that decides nothing; equal names and seed give it equal weights. */
export function plainNetwork(architecture: Layer[]): LevelClassifier {
  return new LevelClassifier({
    parameters: new ParameterSet(),
    levels: ONE_LEVEL,
    layersOf: () => architecture,
    kernelSource: null,
    isGenerated: () => false,
    seed: TINY.seed,
  });
}

/** Batch-norm statistics of one batch; the images are not disposed of. */
export async function statisticsOf(
  classifier: Classifier,
  images: tf.Tensor4D,
): Promise<LevelStatistics> {
  async function* batches() {
    yield await Promise.resolve({
      images: tf.clone(images),
      levels: classifier.levels.list[0]!,
    });
  }
  return new Map([[0, await computeLevelStatistics(classifier, batches())]]);
}

/** Inference on one batch. */
export async function classify(
  classifier: Classifier,
  images: tf.Tensor4D,
  statistics: LevelStatistics,
): Promise<Omit<InferenceResult, "logits"> & { readonly logits: Float32Array }> {
  const [, height, width] = images.shape;
  const network = await classifier.prepare(statistics, { image: { height, width }, exact: false });
  const complexities = new Array<number>(images.shape[0]).fill(5);
  const { logits, ...rest } = await network.infer({ images, level: 0, complexities });
  network.dispose();
  return { ...rest, logits: await take(logits) };
}

/** Logits of the training pass, which computes everything for everyone, with fixed statistics. */
export function denseLogits(
  classifier: Classifier,
  images: tf.Tensor4D,
  statistics: LevelStatistics,
): Promise<Float32Array> {
  return take(tf.tidy(() =>
    classifier.forward(images, classifier.levels.list[0]!, {
      normalize: (site, input) => {
        const { mean, variance } = statistics.get(0)!.get(site.name)!;
        const moments = { mean: tf.tensor1d(mean), variance: tf.tensor1d(variance) };
        return batchNormWithMoments(input, moments, site);
      },
    }).logits
  ));
}

/** Checks that images classified together get what each gets alone: logits, route, and work. */
export async function checkGrouping(
  classifier: Classifier,
  images: tf.Tensor4D,
  statistics: LevelStatistics,
): Promise<InferenceResult["routes"]> {
  const live = tf.memory().numTensors;
  const together = await classify(classifier, images, statistics);
  const logits: number[] = [];
  const routes: number[] = [];
  let multiplyAdds = 0;
  for (let row = 0; row < images.shape[0]; row++) {
    const image = tf.slice(images, [row, 0, 0, 0], [1, -1, -1, -1]);
    const alone = await classify(classifier, image, statistics);
    image.dispose();
    logits.push(...alone.logits);
    routes.push(...alone.routes!);
    multiplyAdds += alone.multiplyAdds;
    assert.equal(together.works![row], alone.multiplyAdds, `the work of image ${row}`);
  }
  assert.ok(largestDifference(together.logits, logits) < 1e-3);
  assert.deepEqual(together.routes, routes);
  assert.equal(together.multiplyAdds, multiplyAdds);
  assert.equal(tf.memory().numTensors, live, "tensors are left over");
  return together.routes;
}

/** Checks that the loss is finite and that every parameter gets a gradient that is not zero. */
export async function checkGradientsArrive(
  classifier: Classifier,
  images: tf.Tensor4D,
): Promise<void> {
  const live = tf.memory().numTensors;
  const labels = tf.tensor1d(
    Array.from({ length: images.shape[0] }, (_, at) => at % TINY.classes),
    "int32",
  );
  const { loss, correct, gradients } = lossAndGradients(
    classifier,
    { images, labels, levels: classifier.levels.list[0]! },
    { recompute: false },
  );
  assert.ok((await take(loss)).every(Number.isFinite));
  assert.deepEqual([...gradients.keys()].sort(), [...classifier.parameters.names].sort());
  for (const [name, gradient] of gradients) {
    const values = await take(gradient);
    assert.ok(values.every(Number.isFinite), `${name} has a gradient that is not finite`);
    assert.ok(values.some((value) => value !== 0), `${name} has no gradient`);
  }
  tf.dispose([labels, correct]);
  assert.equal(tf.memory().numTensors, live, "tensors are left over");
}
