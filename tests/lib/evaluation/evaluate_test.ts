import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { workOfLayers } from "../../../lib/architectures/count_layers.ts";
import { imageEntropyMeasure } from "../../../lib/complexity/image_entropy.ts";
import { measureComplexity } from "../../../lib/complexity/measure_complexity.ts";
import { channelStatistics } from "../../../lib/datasets/standardization.ts";
import { subset } from "../../../lib/datasets/subset.ts";
import { DivergenceError } from "../../../lib/errors.ts";
import { classifyDataset, evaluate } from "../../../lib/evaluation/evaluate.ts";
import { countModel } from "../../../lib/models/count_model.ts";
import { KernelBank } from "../../../lib/puppet/kernel_bank.ts";
import { withBackend } from "../../helpers/backends.ts";
import { largestDifference } from "../../helpers/tensors.ts";
import { TINY_MODEL, TINY_SIZE, tinyDataset, tinyTrainer } from "../../helpers/tiny_training.ts";
import type { Classifier, InferenceNetwork } from "../../../lib/classifiers/classifier.ts";
import type { ModelConfig } from "../../../lib/models/model_config.ts";
import type { Work } from "../../../lib/evaluation/report_work.ts";
import type { Classification } from "../../../lib/evaluation/evaluate.ts";

const OPTIONS = { batchSize: 4, exact: false };

/** A classifier with statistics, as `evaluate()` takes it. */
async function prepare(model: Partial<ModelConfig> = {}) {
  const { trainer, classifier, dispose } = await tinyTrainer({ model });
  const trained = {
    classifier,
    statistics: await trainer.computeStatistics(),
    standardization: await channelStatistics(tinyDataset(48, 1)),
    measure: imageEntropyMeasure,
  };
  return { trained, dispose };
}

Deno.test("evaluate() refuses logits that are not finite, though every weight is", () =>
  withBackend("wasm", async () => {
    const { trained, dispose } = await prepare();
    const weights = trained.classifier.parameters.get("head.weights");
    const huge = tf.fill(weights.shape, 3e38);
    weights.assign(huge);
    huge.dispose();
    const live = tf.memory().numTensors;
    await assert.rejects(
      evaluate(trained, tinyDataset(30, 7), OPTIONS),
      (error) => error instanceof DivergenceError && /logits are not finite/.test(error.message),
    );
    assert.equal(tf.memory().numTensors, live);
    dispose();
  }));

Deno.test("evaluate() reports every step of generating kernels, then every pass of images", () =>
  withBackend("wasm", async () => {
    const { trained, dispose } = await prepare();
    const seen = new Map<Work, number[]>();
    await evaluate(trained, tinyDataset(30, 7), {
      ...OPTIONS,
      report: (done, total, work) => seen.set(work, [...seen.get(work) ?? [], done / total]),
    });
    const levels = trained.classifier.levels.list;
    const [kernels = [], images = []] = [
      seen.get("generating kernels"),
      seen.get("classifying images"),
    ];
    assert.equal(kernels.length, levels.reduce((sum, { depth }) => sum + depth, 0));
    assert.ok(images.length >= 30 / OPTIONS.batchSize);
    for (const shares of [kernels, images]) {
      assert.equal(shares.at(-1), 1);
      assert.deepEqual([...shares].sort((left, right) => left - right), shares);
    }
    dispose();
  }));

Deno.test("evaluate() counts every image once and routes it by its complexity", () =>
  withBackend("wasm", async () => {
    const { trained, dispose } = await prepare();
    const dataset = tinyDataset(30, 7);
    const live = tf.memory().numTensors;
    const seen: number[] = [];
    const report = await evaluate(trained, dataset, {
      ...OPTIONS,
      report: (done, total) => seen.push(done / total),
    });
    assert.equal(report.images, 30);
    assert.equal(seen.at(-1), 1);
    assert.equal(report.confusion.flat().reduce((sum, count) => sum + count, 0), 30);
    assert.equal(report.levels.reduce((sum, { images }) => sum + images, 0), 30);
    assert.ok(
      report.levels.filter(({ images }) => images > 0).length > 1,
      "several levels are used",
    );
    const depth = report.levels.reduce((sum, level) => sum + level.depth * level.images, 0) / 30;
    assert.ok(Math.abs(report.meanDepth - depth) < 1e-12);
    const image = { height: TINY_SIZE, width: TINY_SIZE };
    const work = report.levels.reduce((sum, { level, images }) => {
      const layers = trained.classifier.layersOf(trained.classifier.levels.list[level]!);
      return sum + images * workOfLayers(layers, image).multiplyAdds;
    }, 0);
    assert.ok(Math.abs(report.meanMultiplyAdds / (work / 30) - 1) < 1e-12);
    assert.deepEqual(report.routes, [], "there is one way through a puppet");
    assert.equal(tf.memory().numTensors, live);
    dispose();
  }));

Deno.test("evaluate() does not depend on the batch size", () =>
  withBackend("wasm", async () => {
    const { trained, dispose } = await prepare();
    const dataset = tinyDataset(30, 7);
    const reports = [];
    for (const batchSize of [1, 7, 64]) {
      const { secondsPerImage: _time, bankSeconds: _bank, ...figures } = await evaluate(
        trained,
        dataset,
        { ...OPTIONS, batchSize },
      );
      const meanMultiplyAdds = Math.round(figures.meanMultiplyAdds);
      reports.push({ ...figures, meanMultiplyAdds, loss: figures.loss.toFixed(4) });
    }
    assert.deepEqual(reports[1], reports[0]);
    assert.deepEqual(reports[2], reports[0]);
    dispose();
  }));

Deno.test("classifyDataset() gives an image the same answer alone and in company", () =>
  withBackend("wasm", async () => {
    const { trained, dispose } = await prepare();
    const dataset = tinyDataset(12, 7);
    const image = { height: TINY_SIZE, width: TINY_SIZE };
    const network = await KernelBank.create(trained.classifier, trained.statistics, { image });
    const classify = async (indices: number[]) => {
      const found = new Map<number, Classification>();
      const images = subset(dataset, Uint32Array.from(indices));
      for await (const image of classifyDataset(trained, images, { ...OPTIONS, network })) {
        found.set(indices[image.index]!, image);
      }
      return found;
    };
    const together = await classify([...Array(12).keys()]);
    const alone = await classify([5]);
    assert.equal(together.size, 12);
    assert.equal(alone.get(5)!.level, together.get(5)!.level);
    assert.ok(largestDifference(alone.get(5)!.logits, together.get(5)!.logits) < 1e-5);
    network.dispose();
    dispose();
  }));

Deno.test("classifyDataset() reads few images at a time where they are large", () =>
  withBackend("wasm", async () => {
    const { trained, dispose } = await prepare();
    const side = 1024;
    const reads: number[] = [];
    const dataset = {
      ...tinyDataset(5, 7),
      ...{ height: side, width: side },
      read: (indices: ArrayLike<number>) => {
        reads.push(indices.length);
        return Promise.resolve(new Uint8Array(indices.length * side * side * 3));
      },
    };
    const network: InferenceNetwork = {
      infer: ({ images }) =>
        Promise.resolve({
          logits: tf.zeros<tf.Rank.R2>([images.shape[0], 3]),
          multiplyAdds: 1,
          routes: null,
        }),
      dispose: () => {},
    };
    let count = 0;
    for await (const _ of classifyDataset(trained, dataset, { ...OPTIONS, network })) count += 1;
    assert.equal(count, 5);
    // 3 MiB each, 8 MiB at most.
    assert.deepEqual(reads, [2, 2, 1]);
    dispose();
  }));

Deno.test("evaluate() gives the share of every way through a network that decides", () =>
  withBackend("wasm", async () => {
    const { trained, dispose } = await prepare();
    const dataset = tinyDataset(30, 7);
    // Simple images leave early, at half the price.
    const network: InferenceNetwork = {
      infer: ({ images, complexities }) => {
        const routes = complexities.map((complexity) => complexity < 5 ? 0 : 3);
        const works = routes.map((route) => route === 0 ? 50 : 100);
        const multiplyAdds = works.reduce((sum, work) => sum + work, 0);
        const logits = tf.zeros<tf.Rank.R2>([images.shape[0], 3]);
        return Promise.resolve({ logits, multiplyAdds, works, routes });
      },
      dispose: () => {},
    };
    const classifier: Classifier = {
      parameters: trained.classifier.parameters,
      levels: trained.classifier.levels,
      forward: (...args) => trained.classifier.forward(...args),
      prepare: () => Promise.resolve(network),
      dispose: () => {},
    };
    const paid = new Map<number | null, Set<number>>();
    const onImage = ({ route, multiplyAdds }: Classification) =>
      paid.set(route, (paid.get(route) ?? new Set()).add(multiplyAdds));
    const report = await evaluate({ ...trained, classifier }, dataset, { ...OPTIONS, onImage });
    assert.deepEqual(paid, new Map([[0, new Set([50])], [3, new Set([100])]]), "each its own work");
    const pixels = await dataset.read(Uint32Array.from({ length: 30 }, (_, index) => index));
    const complexities = measureComplexity(pixels, {
      height: TINY_SIZE,
      width: TINY_SIZE,
      measure: trained.measure,
    });
    const share = complexities.filter((complexity) => complexity < 5).length / 30;
    assert.ok(share > 0 && share < 1, "both ways are taken");
    assert.deepEqual(report.routes, [{ route: 0, share }, { route: 3, share: 1 - share }]);
    assert.ok(Math.abs(report.meanMultiplyAdds - (100 - 50 * share)) < 1e-9);
    dispose();
  }));

Deno.test("evaluate() in exact mode equals the kernel bank where phi does not follow the image", () =>
  withBackend("wasm", async () => {
    const { trained, dispose } = await prepare({ parameterAdaptation: false });
    const dataset = tinyDataset(12, 7);
    const banked = await evaluate(trained, dataset, OPTIONS);
    const exact = await evaluate(trained, dataset, { ...OPTIONS, exact: true });
    assert.ok(Math.abs(banked.loss - exact.loss) < 1e-5);
    assert.deepEqual(exact.confusion, banked.confusion);
    dispose();
  }));

Deno.test("evaluate() counts the generation of kernels that are not kept, image by image", () =>
  withBackend("wasm", async () => {
    const changes = { solver: "heun", mirrorSymmetry: true, maxChannels: 16 } as const;
    const { trained, dispose } = await prepare(changes);
    const dataset = tinyDataset(12, 7);
    const banked = await evaluate(trained, dataset, OPTIONS);
    const exact = await evaluate(trained, dataset, { ...OPTIONS, exact: true });
    const image = { height: TINY_SIZE, width: TINY_SIZE };
    const { levels } = await countModel({ ...TINY_MODEL, ...changes }, { classes: 3, image });
    const generation = exact.levels.reduce(
      (sum, { level, images }) =>
        sum + images * (levels[level]!.dynamics + levels[level]!.resizing),
      0,
    );
    assert.ok(generation > 12 * banked.meanMultiplyAdds);
    const difference = exact.meanMultiplyAdds - banked.meanMultiplyAdds - generation / 12;
    assert.ok(Math.abs(difference) < 1e-6 * exact.meanMultiplyAdds, `difference ${difference}`);
    dispose();
  }));

Deno.test("evaluate() refuses an empty dataset", () =>
  withBackend("wasm", async () => {
    const { trained, dispose } = await prepare();
    const none = subset(tinyDataset(3, 1), new Uint32Array(0));
    await assert.rejects(evaluate(trained, none, OPTIONS), /must hold images/);
    dispose();
  }));

Deno.test("classifyDataset() numbers images in the dataset, also behind those that are read first", () =>
  withBackend("wasm", async () => {
    const { trained, dispose } = await prepare();
    const network: InferenceNetwork = {
      infer: ({ images }) =>
        Promise.resolve({
          logits: tf.zeros<tf.Rank.R2>([images.shape[0], 3]),
          multiplyAdds: 1,
          routes: null,
        }),
      dispose: () => {},
    };
    const seen: number[] = [];
    const options = { batchSize: 256, exact: false, network };
    for await (const { index } of classifyDataset(trained, tinyDataset(2060, 7), options)) {
      seen.push(index);
    }
    assert.deepEqual(seen.sort((a, b) => a - b), [...Array(2060).keys()]);
    dispose();
  }));

Deno.test("evaluate() gives the mean complexity of the images", () =>
  withBackend("wasm", async () => {
    const { trained, dispose } = await prepare();
    const dataset = tinyDataset(30, 7);
    const pixels = await dataset.read([...Array(30).keys()]);
    const { height, width } = dataset;
    const complexities = measureComplexity(pixels, { height, width, measure: trained.measure });
    const mean = complexities.reduce((sum, value) => sum + value, 0) / 30;
    const { meanComplexity } = await evaluate(trained, dataset, OPTIONS);
    assert.ok(Math.abs(meanComplexity - mean) < 1e-12, `${meanComplexity} is not ${mean}`);
    dispose();
  }));
