import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { imageEntropyMeasure } from "../../../lib/complexity/image_entropy.ts";
import { channelStatistics } from "../../../lib/datasets/standardization.ts";
import { measureSpeed } from "../../../lib/evaluation/measure_speed.ts";
import { withBackend } from "../../helpers/backends.ts";
import { tinyDataset, tinyTrainer } from "../../helpers/tiny_training.ts";
import type { InferenceNetwork } from "../../../lib/classifiers/classifier.ts";
import type { ImageDataset } from "../../../lib/datasets/dataset.ts";

async function prepare() {
  const { trainer, classifier, dispose } = await tinyTrainer();
  const trained = {
    classifier,
    statistics: await trainer.computeStatistics(),
    standardization: await channelStatistics(tinyDataset(48, 1)),
    measure: imageEntropyMeasure,
  };
  return { trained, dispose };
}

const BOTH = ["banked", "per-image"] as const;
const KEPT = ["banked"] as const;

Deno.test("measureSpeed() gives median and spread for every batch size and way of generation", () =>
  withBackend("wasm", async () => {
    const { trained, dispose } = await prepare();
    const live = tf.memory().numTensors;
    const report = await measureSpeed(trained, tinyDataset(10, 7), {
      generations: BOTH,
      batchSizes: [1, 4],
      repetitions: 5,
    });
    assert.equal(tf.memory().numTensors, live);
    assert.deepEqual(report.figures.map((figure) => [figure.batchSize, figure.generation]), [
      [1, "banked"],
      [4, "banked"],
      [1, "per-image"],
      [4, "per-image"],
    ]);
    for (const figure of report.figures) {
      assert.equal(figure.repetitions, 5);
      const { lowest, firstQuartile, median, thirdQuartile, highest } = figure;
      assert.ok(lowest > 0 && lowest <= firstQuartile && firstQuartile <= median);
      assert.ok(median <= thirdQuartile && thirdQuartile <= highest);
    }
    assert.ok(report.bankSeconds > 0);
    // A trajectory for every image is work that the bank saves.
    assert.ok(report.figures[2]!.lowest > report.figures[0]!.lowest);
    dispose();
  }));

Deno.test("measureSpeed() takes other images in every repetition, and begins again at the end", () =>
  withBackend("wasm", async () => {
    const { trained, dispose } = await prepare();
    const images = tinyDataset(5, 7);
    const read: number[][] = [];
    const dataset: ImageDataset = {
      ...images,
      read: (indices) => {
        read.push([...Array.from(indices)]);
        return images.read(indices);
      },
    };
    const options = { generations: KEPT, batchSizes: [2], repetitions: 3, warmUps: 1 };
    const { figures } = await measureSpeed(trained, dataset, options);
    assert.deepEqual(read, [[0, 1], [2, 3], [4, 0], [1, 2]]);
    assert.equal(figures.length, 1);
    dispose();
  }));

Deno.test("measureSpeed() sends images through the level that is asked for, and generates no other", () =>
  withBackend("wasm", async () => {
    const { trained, dispose } = await prepare();
    const levels: number[] = [];
    const generated: (readonly number[] | undefined)[] = [];
    const classifier = new Proxy(trained.classifier, {
      get(target, name) {
        if (name !== "prepare") return Reflect.get(target, name, target);
        return async (...words: Parameters<typeof target.prepare>) => {
          generated.push(words[1].levels);
          const network = await target.prepare(...words);
          const infer: typeof network.infer = (images) => {
            levels.push(images.level);
            return network.infer(images);
          };
          return { infer, dispose: () => network.dispose() };
        };
      },
    });
    const options = { generations: BOTH, batchSizes: [3], repetitions: 3, warmUps: 0 };
    const level = trained.classifier.levels.list.length - 1;
    await measureSpeed({ ...trained, classifier }, tinyDataset(6, 7), { ...options, level });
    assert.deepEqual(generated, [[level], [level]]);
    assert.deepEqual(levels, Array(6).fill(level));
    levels.length = 0;
    await measureSpeed({ ...trained, classifier }, tinyDataset(6, 7), options);
    assert.ok(levels.some((one) => one !== level));
    dispose();
  }));

Deno.test("measureSpeed() keeps to its time, but makes three repetitions", () =>
  withBackend("wasm", async () => {
    const { trained, dispose } = await prepare();
    const options = { generations: KEPT, batchSizes: [1], repetitions: 1000, seconds: 0 };
    const { figures } = await measureSpeed(trained, tinyDataset(5, 7), options);
    assert.equal(figures[0]!.repetitions, 3);
    dispose();
  }));

Deno.test("measureSpeed() stops when asked to, and refuses what it cannot measure", () =>
  withBackend("wasm", async () => {
    const { trained, dispose } = await prepare();
    const dataset = tinyDataset(5, 7);
    const signal = AbortSignal.abort(new Error("stopped"));
    const live = tf.memory().numTensors;
    await assert.rejects(
      measureSpeed(trained, dataset, { generations: KEPT, signal }),
      /stopped/,
    );
    assert.equal(tf.memory().numTensors, live);
    for (const options of [{ batchSizes: [0] }, { repetitions: 2 }, { warmUps: -1 }]) {
      await assert.rejects(
        measureSpeed(trained, dataset, { generations: KEPT, ...options }),
        RangeError,
      );
    }
    dispose();
  }));

Deno.test("measureSpeed() divides by the images of a batch, and takes quartiles between the values", () =>
  withBackend("wasm", async () => {
    const { trained, dispose } = await prepare();
    // 20 ms for every batch.
    const infer: InferenceNetwork["infer"] = async ({ images }) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const logits = tf.zeros<tf.Rank.R2>([images.shape[0], 3]);
      return { logits, multiplyAdds: 1, routes: null };
    };
    const classifier = Object.create(trained.classifier, {
      prepare: { value: () => Promise.resolve({ infer, dispose: () => {} }) },
      levels: { value: trained.classifier.levels },
    });
    const options = { generations: KEPT, batchSizes: [8], repetitions: 3, warmUps: 1, level: 0 };
    const { figures } = await measureSpeed({ ...trained, classifier }, tinyDataset(8, 7), options);
    const { lowest, firstQuartile, median, thirdQuartile, highest } = figures[0]!;
    assert.ok(lowest > 0.015 / 8 && lowest < 0.015, `${lowest}`);
    assert.ok(Math.abs(firstQuartile - (lowest + median) / 2) < 1e-12);
    assert.ok(Math.abs(thirdQuartile - (median + highest) / 2) < 1e-12);
    dispose();
  }));
