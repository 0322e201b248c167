import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { evaluate } from "../../../lib/evaluation/evaluate.ts";
import { levelsOfImages } from "../../../lib/training/compute_statistics.ts";
import { dropoutOfStep } from "../../../lib/training/dropout.ts";
import { planEpoch } from "../../../lib/training/epoch_plan.ts";
import { mixingOfStep } from "../../../lib/training/feature_mixing.ts";
import { learningRateAt } from "../../../lib/training/learning_rate.ts";
import { loadBatch } from "../../../lib/training/training_data.ts";
import {
  findExplosion,
  initialProgress,
  recordOf,
} from "../../../lib/training/training_progress.ts";
import { lossAndGradients } from "../../../lib/training/training_step.ts";
import { batchNormOfBatch } from "../../../lib/layers/batch_norm.ts";
import { withBackend } from "../../helpers/backends.ts";
import { largestDifference, take } from "../../helpers/tensors.ts";
import {
  NO_HOOKS,
  TINY_TRAINING,
  type TinyTrainer,
  tinyTrainer,
} from "../../helpers/tiny_training.ts";
import type { EpochRecord } from "../../../lib/training/training_event.ts";

/** Leaves the weights as they are. */
const STANDING = { learningRate: 1e-12, minLearningRate: 1e-13 };

async function recordsOf({ trainer }: TinyTrainer): Promise<EpochRecord[]> {
  const records: EpochRecord[] = [];
  const log = (record: EpochRecord) => Promise.resolve(void records.push(record));
  assert.equal(await trainer.run({ ...NO_HOOKS, log }), "finished");
  return records;
}

Deno.test("Trainer logs the means of its steps: loss, right answers, norm of the gradient, depth", () =>
  withBackend("wasm", async () => {
    const training = { ...STANDING, epochs: 1 };
    const tiny = await tinyTrainer({ training });
    const { classifier, data } = tiny;
    const { list } = classifier.levels;
    const sums = { images: 0, loss: 0, correct: 0, norm: 0, depth: 0 };
    const levelOfImage = levelsOfImages(classifier, data);
    const plan = { ...TINY_TRAINING, levelOfImage, levels: list.length, epoch: 0 };
    const batches = planEpoch(plan);
    for (const { level, indices } of batches) {
      const batch = await loadBatch(data, indices, { level: list[level]! });
      const found = lossAndGradients(classifier, batch, { recompute: false });
      const gradients = await Promise.all([...found.gradients.values()].map(take));
      sums.images += indices.length;
      sums.loss += (await take(found.loss))[0]! * indices.length;
      sums.correct += (await take(found.correct))[0]!;
      sums.norm += Math.hypot(...gradients.map((values) => Math.hypot(...values)));
      sums.depth += list[level]!.depth * indices.length;
      tf.dispose([batch.images, batch.labels]);
    }
    const [record] = await recordsOf(tiny);
    const figures = [
      [record!.trainLoss, sums.loss / sums.images],
      [record!.trainTop1, sums.correct / sums.images],
      [record!.gradientNorm, sums.norm / batches.length],
      [record!.meanDepth, sums.depth / sums.images],
    ] as const;
    assert.ok(sums.correct > 0 && new Set(batches.map(({ level }) => level)).size > 1);
    for (const [found, expected] of figures) {
      assert.ok(Math.abs(found - expected) < 1e-4, `${found} is not ${expected}`);
    }
    tiny.dispose();
  }));

Deno.test("recordOf() divides the sums of an epoch by its images, steps and seconds", () => {
  const sums = {
    steps: 4,
    images: 12,
    loss: 24,
    correct: 3,
    gradientNorm: 20,
    depth: 60,
    seconds: 2,
  };
  const figures = { learningRate: 0.5, seconds: 9, liveTensors: 7 };
  const record = recordOf({ ...initialProgress(), step: 8, epoch: 1, sums }, null, figures);
  assert.deepEqual(record, {
    ...{ epoch: 2, step: 8, ...figures },
    ...{ validationLoss: null, validationTop1: null, validationTop5: null },
    ...{ trainLoss: 2, trainTop1: 0.25, gradientNorm: 5, meanDepth: 5, imagesPerSecond: 6 },
  });
});

Deno.test("findExplosion() calls a loss exploded that is a hundred times that of guessing", () => {
  const explosionAt = (loss: number) => {
    const progress = initialProgress();
    Object.assign(progress.sums, { steps: 1, images: 2, loss: 2 * loss });
    return findExplosion(progress, 10, 1e-3)?.reason ?? null;
  };
  assert.equal(explosionAt(230), null);
  assert.equal(explosionAt(231), "loss-exploded");
});

Deno.test("Trainer validates as often as asked, and at its end", () =>
  withBackend("cpu", async () => {
    const training = { ...STANDING, epochs: 5, validateEvery: 2 };
    const tiny = await tinyTrainer({ training, images: 8 });
    const validated = (await recordsOf(tiny)).map(({ validationTop1 }) => validationTop1 !== null);
    assert.deepEqual(validated, [false, true, false, true, true]);
    tiny.dispose();
  }));

Deno.test("Trainer validates in exact mode as evaluate() does, not by level", () =>
  withBackend("wasm", async () => {
    const { trainer, classifier, data, dispose } = await tinyTrainer({ model: { exact: true } });
    const validated = (await trainer.validate())!.loss;
    const { standardization, measure, validation } = data;
    const statistics = await trainer.computeStatistics();
    const trained = { classifier, statistics, standardization, measure };
    const lossOf = async (exact: boolean) =>
      (await evaluate(trained, validation, { batchSize: 256, exact })).loss;
    assert.equal(validated, await lossOf(true));
    assert.notEqual(validated, await lossOf(false));
    dispose();
  }));

Deno.test("Trainer hands the optimizer the rate of each step", () =>
  withBackend("wasm", async () => {
    const { trainer, dispose } = await tinyTrainer();
    const rates: number[] = [];
    const update = trainer.optimizer.update.bind(trainer.optimizer);
    trainer.optimizer.update = (gradients, learningRate, factor) => {
      rates.push(learningRate);
      update(gradients, learningRate, factor);
    };
    await trainer.run(NO_HOOKS);
    const schedule = { ...TINY_TRAINING, stepsPerEpoch: 6, totalSteps: 12 };
    assert.deepEqual(rates, Array.from({ length: 12 }, (_, at) => learningRateAt(at, schedule)));
    dispose();
  }));

Deno.test("Trainer drops and mixes what the number of the step says", () =>
  withBackend("wasm", async () => {
    const config = { ...TINY_TRAINING, dropout: 0.5, featureMixing: 0.5 };
    const { trainer, classifier, dispose } = await tinyTrainer({ training: config });
    const seen: (readonly [number | undefined, number[]])[] = [];
    const ones = tf.ones<tf.Rank.R2>([2, 8]);
    const maskOf = (drop: ReturnType<typeof dropoutOfStep>) =>
      Array.from(tf.tidy(() => drop!.vectors(ones).dataSync()));
    const forward = classifier.forward.bind(classifier);
    classifier.forward = (images, levels, options) => {
      const { drop, mixing } = options;
      if (drop !== undefined) seen.push([mixing?.weight, maskOf(drop)]);
      return forward(images, levels, options);
    };
    await trainer.run(NO_HOOKS);
    const expected = Array.from(
      { length: 12 },
      (_, step) =>
        [mixingOfStep(step, config)?.weight, maskOf(dropoutOfStep(step, config))] as const,
    );
    assert.deepEqual(seen, expected);
    ones.dispose();
    dispose();
  }));

Deno.test("Trainer.computeStatistics() takes the images of each level where levels share none", () =>
  withBackend("cpu", async () => {
    const training = { levelSharing: 0, statisticsImages: 48, batchSize: 48 } as const;
    const { trainer, classifier, data, dispose } = await tinyTrainer({ training });
    const levelOfImage = levelsOfImages(classifier, data);
    const statistics = await trainer.computeStatistics();
    const used = new Set(levelOfImage);
    assert.ok(used.size > 1);
    for (const level of used) {
      const indices = Uint32Array.from(levelOfImage.keys()).filter((at) =>
        levelOfImage[at] === level
      );
      const batch = await loadBatch(data, indices, { level: classifier.levels.list[level]! });
      const means = new Map<string, Float32Array>();
      tf.tidy(() => {
        classifier.forward(batch.images, batch.levels, {
          normalize: (site, input) => {
            means.set(site.name, Float32Array.from(tf.moments(input, [0, 1, 2]).mean.dataSync()));
            return batchNormOfBatch(input, site.scale, site.offset);
          },
        });
      });
      const [[name, first]] = means as unknown as [[string, Float32Array]];
      assert.ok(largestDifference(statistics.get(level)!.get(name)!.mean, first) < 1e-5);
      tf.dispose([batch.images, batch.labels]);
    }
    dispose();
  }));
