import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createDdfn } from "../../../lib/baselines/ddfn.ts";
import { createDynamicFilterNetwork } from "../../../lib/baselines/dynamic_filter_network.ts";
import { createWeightNet } from "../../../lib/baselines/weightnet.ts";
import { batchMoments, batchNormWithMoments } from "../../../lib/layers/batch_norm.ts";
import { computeLevelStatistics } from "../../../lib/classifiers/compute_level_statistics.ts";
import { Optimizer } from "../../../lib/training/optimizer.ts";
import { lossAndGradients, trainingStep } from "../../../lib/training/training_step.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { largestDifference, normalTensor, take } from "../../helpers/tensors.ts";
import { TINY_TRAINING } from "../../helpers/tiny_training.ts";
import { ONE_LEVEL, TINY_OPTIONS, tinyLayers } from "./dynamic_kernels.ts";
import type { DynamicKernelClassifier } from "../../../lib/baselines/dynamic_kernel_classifier.ts";
import type { LevelStatistics } from "../../../lib/classifiers/level_statistics.ts";

/** Multiply-adds of an image of 9 x 7 pixels outside the generated convolutions, and in them. */
interface Model {
  readonly name: string;
  readonly create: () => DynamicKernelClassifier;
  readonly multiplyAdds: number;
}

/** Output positions: 63 in the stem, then (pooled to 4 x 3) 4; the kernels' numbers beside them. */
const STEM = { positions: 63, kernel: 9 * 3 * 4 };
const BLOCK = { positions: 4, kernels: [9 * 4 * 6, 9 * 6 * 6], shortcut: 4 * 6 };
const HEAD = 6 * 3;
const ORDINARY = STEM.positions * STEM.kernel +
  BLOCK.positions * (BLOCK.kernels[0]! + BLOCK.kernels[1]! + BLOCK.shortcut);

const MODELS: readonly Model[] = [
  {
    name: "dfn",
    create: () => createDynamicFilterNetwork({ ...TINY_OPTIONS, layers: tinyLayers() }),
    multiplyAdds: 2 * ORDINARY + HEAD,
  },
  {
    name: "weightnet",
    create: () => createWeightNet({ ...TINY_OPTIONS, layers: tinyLayers() }),
    multiplyAdds: ORDINARY + HEAD + (4 * 16 + 16 * 12) + (6 * 16 + 16 * 12),
  },
  {
    name: "ddfn-sw",
    create: () => createDdfn({ ...TINY_OPTIONS, layers: tinyLayers({ bias: true, norm: false }) }),
    multiplyAdds: ORDINARY + HEAD +
      (32 * (3 + STEM.kernel) + STEM.positions * 3 * 4) +
      (32 * (4 + BLOCK.kernels[0]!) + BLOCK.positions * 4 * 6) +
      (32 * (6 + BLOCK.kernels[1]!) + BLOCK.positions * 6 * 6) +
      (32 * (4 + BLOCK.shortcut) + BLOCK.positions * 4 * 6),
  },
];

/** Statistics of one batch of images. */
async function statisticsOf(
  classifier: DynamicKernelClassifier,
  images: tf.Tensor4D,
): Promise<LevelStatistics> {
  async function* batches() {
    yield await Promise.resolve({ images: tf.clone(images), levels: ONE_LEVEL.list[0]! });
  }
  return new Map([[0, await computeLevelStatistics(classifier, batches())]]);
}

for (const backend of await testBackends()) {
  for (const { name, create, multiplyAdds } of MODELS) {
    Deno.test(`${name}: the gradient reaches every parameter (${backend})`, () =>
      withBackend(backend, async () => {
        const live = tf.memory().numTensors;
        const classifier = create();
        const batch = {
          images: normalTensor<tf.Tensor4D>([5, 9, 7, 3], "images"),
          labels: tf.tensor1d([0, 1, 2, 0, 1], "int32"),
          levels: ONE_LEVEL.list[0]!,
        };
        const { loss, correct, gradients } = lossAndGradients(classifier, batch, {
          recompute: false,
        });
        assert.deepEqual([...gradients.keys()].sort(), [...classifier.parameters.names].sort());
        for (const [parameter, gradient] of gradients) {
          const values = await take(gradient);
          assert.ok(values.every(Number.isFinite), parameter);
          assert.ok(values.some((value) => Math.abs(value) > 1e-7), parameter);
        }
        tf.dispose([loss, correct, batch.images, batch.labels]);
        classifier.dispose();
        assert.equal(tf.memory().numTensors, live, "no tensor is left");
      }));

    Deno.test(`${name}: training steps lower the loss (${backend})`, () =>
      withBackend(backend, async () => {
        const classifier = create();
        const optimizer = new Optimizer(classifier.parameters, TINY_TRAINING);
        const batch = {
          images: normalTensor<tf.Tensor4D>([6, 8, 8, 3], "images"),
          labels: tf.tensor1d([0, 1, 2, 0, 1, 2], "int32"),
          levels: ONE_LEVEL.list[0]!,
        };
        const live = tf.memory().numTensors;
        const losses: number[] = [];
        for (let step = 0; step < 25; step++) {
          const options = { learningRate: 1e-2, clipNorm: 0, recompute: false };
          losses.push((await trainingStep({ classifier, optimizer }, batch, options)).loss);
        }
        assert.ok(losses[24]! < 0.7 * losses[0]!, `${losses[0]} to ${losses[24]}`);
        assert.equal(tf.memory().numTensors, live, "no tensor is left");
        tf.dispose([batch.images, batch.labels]);
        optimizer.dispose();
        classifier.dispose();
      }));

    Deno.test(`${name}: inference gives the logits of the forward pass, and its price (${backend})`, () =>
      withBackend(backend, async () => {
        const classifier = create();
        const images = normalTensor<tf.Tensor4D>([5, 9, 7, 3], "images");
        const expected = await take(tf.tidy(() =>
          classifier.forward(images, ONE_LEVEL.list[0]!, {
            normalize: (site, input) => batchNormWithMoments(input, batchMoments(input), site),
          }).logits
        ));
        const statistics = await statisticsOf(classifier, images);
        const live = tf.memory().numTensors;
        const network = await classifier.prepare(statistics);
        const batch = { images, level: 0, complexities: [1, 2, 3, 4, 5] };
        const result = await network.infer(batch);
        assert.equal(result.routes, null);
        assert.equal(result.multiplyAdds, 5 * multiplyAdds);
        assert.ok(largestDifference(await take(result.logits), expected) < 1e-4);
        network.dispose();
        assert.equal(tf.memory().numTensors, live, "no tensor is left");

        // An image's logits do not depend on its neighbours, as kernels are its own.
        const alone = await classifier.prepare(statistics);
        const first = tf.slice(images, 0, 1);
        const single = await alone.infer({ images: first, level: 0, complexities: [1] });
        assert.ok(largestDifference(await take(single.logits), expected.slice(0, 3)) < 1e-4);
        alone.dispose();
        tf.dispose([images, first]);
        classifier.dispose();
      }));
  }
}

Deno.test("DynamicKernelClassifier.prepare() names the statistics that are missing", () =>
  withBackend("cpu", async () => {
    const classifier = MODELS[0]!.create();
    await assert.rejects(
      () => classifier.prepare(new Map()),
      /statistics of layer "stem" are missing/,
    );
    classifier.dispose();
  }));
