import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { imageEntropyMeasure } from "../../../lib/complexity/image_entropy.ts";
import { createInMemoryDataset } from "../../../lib/datasets/in_memory_dataset.ts";
import { evaluate } from "../../../lib/evaluation/evaluate.ts";
import { ComplexityLevels } from "../../../lib/puppeteer/complexity_levels.ts";
import { ParameterSet } from "../../../lib/tensors/parameter_set.ts";
import { fitHead } from "../../../lib/training/fit_head.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { failInForward } from "../../helpers/failing_forward.ts";
import { TINY_MODEL, tinyTrainer } from "../../helpers/tiny_training.ts";
import type { Classifier, ForwardOptions } from "../../../lib/classifiers/classifier.ts";
import type { ModelConfig } from "../../../lib/models/model_config.ts";

/** Kinds of networks whose heads are fitted. */
const KINDS: Readonly<Record<string, Partial<ModelConfig>>> = {
  plain: {},
  exact: { exact: true },
  "mirror pairs": { mirrorSymmetry: true, maxChannels: 16 },
};

const CASES = (await testBackends()).flatMap((backend) =>
  Object.entries(KINDS).map(([kind, model]) => ({ backend, kind, model }))
);

for (const { backend, kind, model } of CASES) {
  Deno.test(`fitHead() reaches on the images what the network then does, and leaves the rest (${kind}, ${backend})`, () =>
    withBackend(backend, async () => {
      const { exact = false } = model;
      const { trainer, classifier, data, dispose } = await tinyTrainer({ model });
      const statistics = await trainer.computeStatistics();
      const figures = async () => {
        const { standardization, measure, train } = data;
        const trained = { classifier, statistics, standardization, measure };
        return await evaluate(trained, train, { batchSize: 16, exact });
      };
      const before = await classifier.parameters.read();
      const { loss: guessing } = await figures();
      const live = tf.memory().numTensors;
      const told: number[] = [];
      const fit = await fitHead(classifier, {
        ...{ data, statistics, exact },
        report: (done, total) => told.push(done / total),
      });
      assert.equal(tf.memory().numTensors, live, "no tensor is left");
      assert.equal(told.at(-1), 1);
      assert.equal(fit.images, data.train.length);
      const { loss, top1 } = await figures();
      // The figures come by another way: kernels of the bank, and the head as it was written.
      assert.ok(Math.abs(top1 - fit.accuracy) <= 1 / data.train.length, `${top1} ${fit.accuracy}`);
      assert.ok(loss < guessing - 0.05, `${loss} from ${guessing}`);
      for (const [name, values] of await classifier.parameters.read()) {
        if (!name.startsWith("head.")) assert.deepEqual(values, before.get(name), name);
      }
      dispose();
    }));
}

Deno.test("fitHead() leaves no tensor behind where a pass fails", () =>
  withBackend("cpu", async () => {
    const { trainer, classifier, data, dispose } = await tinyTrainer();
    const statistics = await trainer.computeStatistics();
    const live = tf.memory().numTensors;
    failInForward(classifier);
    await assert.rejects(fitHead(classifier, { data, statistics, exact: false }), /out of memory/);
    assert.equal(tf.memory().numTensors, live);
    dispose();
  }));

/** Fits a head to images of one pixel, whose feature is 0 where they are dark and 2 where they are bright. */
async function fitOneFeature(images: readonly (readonly ["dark" | "bright", number])[]) {
  const labels = Uint16Array.from(images, ([, label]) => label);
  const train = createInMemoryDataset({
    ...{ name: "grey", classNames: ["night", "day"], height: 1, width: 1, labels },
    images: Uint8Array.from(
      images.flatMap(([kind]) => new Array(3).fill(kind === "dark" ? 0 : 255)),
    ),
  });
  const parameters = new ParameterSet();
  parameters.add("head.weights", { shape: [1, 2], values: new Float32Array(2) });
  parameters.add("head.bias", { shape: [2], values: new Float32Array(2) });
  const levels = new ComplexityLevels({
    ...{ ...TINY_MODEL, depthAdaptation: false, parameterAdaptation: false },
  });
  const classifier = {
    ...{ parameters, levels },
    forward: (images: tf.Tensor4D, _level: unknown, options: ForwardOptions) => {
      options.drop!.vectors(tf.reshape(tf.mean(images, [1, 2, 3]), [-1, 1]));
    },
  } as unknown as Classifier;
  const standardization = {
    mean: [0, 0, 0] as const,
    deviation: [0.5, 0.5, 0.5] as const,
  };
  const data = {
    ...{ train, validation: train, standardization, measure: imageEntropyMeasure },
    complexities: new Float64Array(labels.length).fill(8),
  };
  const statistics = new Map([[0, new Map()]]);
  await fitHead(classifier, { data, statistics, exact: false });
  const values = await parameters.read();
  parameters.dispose();
  const [[w0, w1], [b0, b1]] = ["head.weights", "head.bias"].map((name) =>
    values.get(name)!.values
  ) as unknown as [[number, number], [number, number]];
  return { slope: w1 - w0, bias: b1 - b0 };
}

Deno.test("fitHead() draws its weights to zero by a tenth of half their squares", () =>
  withBackend("cpu", async () => {
    const images = (["dark", "bright"] as const).flatMap((kind, own) =>
      [own, own, own, 1 - own].map((label) => [kind, label] as const)
    );
    // By symmetry w1 = -w0 = w on x = (feature - 1) / 1.001; three in four are of its class, whose slope of the loss is
    // x (1 / (1 + exp(-2 w x)) - 3 / 4) + 0.1 w.
    const x = 1 / 1.001;
    let [low, high] = [0, 10];
    for (let step = 0; step < 60; step++) {
      const w = (low + high) / 2;
      if (x * (1 / (1 + Math.exp(-2 * w * x)) - 0.75) + 0.1 * w < 0) low = w;
      else high = w;
    }
    const { slope, bias } = await fitOneFeature(images);
    assert.ok(Math.abs(slope - 2 * low * x) < 1e-2, `${slope} is not ${2 * low * x}`);
    assert.ok(Math.abs(bias + slope) < 1e-3, "even at the mean, which is 1");
  }));

Deno.test("fitHead() takes images from all of a large set, however it is sorted", () =>
  withBackend("wasm", async () => {
    const { slope, bias } = await fitOneFeature(
      Array.from({ length: 5000 }, (_, at) => at < 4500 ? ["dark", 0] : ["bright", 1]),
    );
    assert.ok(2 * slope + bias > 0, "the last class is told from the first");
  }));
