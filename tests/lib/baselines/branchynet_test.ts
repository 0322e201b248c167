import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { alexnetArchitecture } from "../../../lib/architectures/alexnet.ts";
import { workOfLayers } from "../../../lib/architectures/count_layers.ts";
import { classifierHead, convolution } from "../../../lib/architectures/layer.ts";
import { BranchyNet } from "../../../lib/baselines/branchynet.ts";
import { batchNormOfBatch } from "../../../lib/layers/batch_norm.ts";
import { crossEntropy, lossAndGradients } from "../../../lib/training/training_step.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { largestDifference } from "../../helpers/tensors.ts";
import {
  checkGradientsArrive,
  checkGrouping,
  classify,
  ONE_LEVEL,
  plainNetwork,
  statisticsOf,
  testImages,
  TINY,
} from "./dynamic_depth.ts";
import type { Layer } from "../../../lib/architectures/layer.ts";

/** Three convolutions, the second with batch norm, which exits must live with too. */
const ARCHITECTURE: Layer[] = [
  convolution("conv1", { kernelSize: 3, inputChannels: 3, outputChannels: 4 }, {
    bias: true,
    norm: false,
  }),
  { kind: "max-pool", size: 2, stride: 2 },
  convolution("conv2", { kernelSize: 3, inputChannels: 4, outputChannels: 6 }),
  convolution("conv3", { kernelSize: 3, inputChannels: 6, outputChannels: 5 }, {
    bias: true,
    norm: false,
  }),
  ...classifierHead([5, 3]),
];

function tinyBranchyNet(): BranchyNet {
  const exitsAfter = ["conv1", "conv2"];
  return new BranchyNet({ ...TINY, architecture: ARCHITECTURE, exitsAfter, exitWidth: 6 });
}

const SIZE = { height: 8, width: 8 };

Deno.test("BranchyNet has the counts of the paper's size", () =>
  withBackend("cpu", () => {
    for (const [classes, count] of [[10, 6_923_614], [100, 6_923_614 + 90 * 513 * 3]] as const) {
      const classifier = new BranchyNet({ classes, seed: 1, levels: ONE_LEVEL });
      assert.equal(classifier.parameters.count(), count);
      classifier.dispose();
    }
  }));

Deno.test("BranchyNet refuses exits that are not in its network, or out of order", () =>
  withBackend("cpu", () => {
    for (const exitsAfter of [["conv9"], ["conv2", "conv1"]]) {
      assert.throws(
        () => new BranchyNet({ ...TINY, architecture: ARCHITECTURE, exitsAfter }),
        RangeError,
      );
    }
  }));

for (const backend of await testBackends()) {
  Deno.test(`BranchyNet with closed exits is the plain network (${backend})`, () =>
    withBackend(backend, async () => {
      const [classifier, plain] = [tinyBranchyNet(), plainNetwork(ARCHITECTURE)];
      const images = testImages(5, 8);
      const statistics = await statisticsOf(classifier, images);
      classifier.calibration.restore({ exit1: 0, exit2: 0 });
      const found = await classify(classifier, images, statistics);
      const expected = await classify(plain, images, await statisticsOf(plain, images));
      assert.ok(largestDifference(found.logits, expected.logits) < 1e-5);
      assert.deepEqual(found.routes, [3, 3, 3, 3, 3]);
      assert.equal(found.multiplyAdds, expected.multiplyAdds);
      assert.equal(found.multiplyAdds, 5 * workOfLayers(ARCHITECTURE, SIZE).multiplyAdds);
      images.dispose();
      classifier.dispose();
      plain.dispose();
    }));

  Deno.test(`BranchyNet stops computing for images that leave (${backend})`, () =>
    withBackend(backend, async () => {
      const classifier = tinyBranchyNet();
      const images = testImages(5, 8);
      const statistics = await statisticsOf(classifier, images);
      classifier.calibration.restore({ exit1: 10, exit2: 10 });
      const { multiplyAdds, routes } = await classify(classifier, images, statistics);
      assert.deepEqual(routes, [1, 1, 1, 1, 1]);
      // First convolution, then exit 1: convolution, two hidden layers of 6, three classes.
      const exit = 9 * 4 * 6 * 64 + 6 * 6 + 6 * 6 + 6 * 3;
      assert.equal(multiplyAdds, 5 * (9 * 3 * 4 * 64 + exit));
      images.dispose();
      classifier.dispose();
    }));

  Deno.test(`BranchyNet gives images together what each gets alone (${backend})`, () =>
    withBackend(backend, async () => {
      const classifier = tinyBranchyNet();
      const images = testImages(6, 8);
      const statistics = await statisticsOf(classifier, images);
      // Thresholds between the entropies of the exits, so that some leave at each.
      const threshold = await separatingThreshold(classifier, images, statistics);
      classifier.calibration.restore({ exit1: threshold, exit2: 0 });
      const routes = await checkGrouping(classifier, images, statistics);
      assert.deepEqual([...new Set(routes)].sort(), [1, 3]);
      images.dispose();
      classifier.dispose();
    }));

  Deno.test(`BranchyNet trains every parameter (${backend})`, () =>
    withBackend(backend, async () => {
      const classifier = tinyBranchyNet();
      const images = testImages(6, 8);
      await checkGradientsArrive(classifier, images);
      images.dispose();
      classifier.dispose();
    }));

  Deno.test(`BranchyNet tunes its thresholds on validation images (${backend})`, () =>
    withBackend(backend, async () => {
      const classifier = tinyBranchyNet();
      const images = testImages(6, 8);
      const statistics = await statisticsOf(classifier, images);
      const live = tf.memory().numTensors;
      classifier.calibration.restore({ exit1: 0, exit2: 0 });
      const { logits } = await classify(classifier, images, statistics);
      const labels = Array.from({ length: 6 }, (_, row) => {
        const values = logits.slice(3 * row, 3 * row + 3);
        return values.indexOf(Math.max(...values));
      });
      async function* batches() {
        yield await Promise.resolve({ images, labels });
      }
      await classifier.calibration.tune(statistics, batches());
      // The final exit is always right here, so that no image may leave with another answer.
      const tuned = await classify(classifier, images, statistics);
      const answers = Array.from({ length: 6 }, (_, row) => {
        const values = tuned.logits.slice(3 * row, 3 * row + 3);
        return values.indexOf(Math.max(...values));
      });
      assert.deepEqual(answers, labels);
      assert.equal(tf.memory().numTensors, live);
      images.dispose();
      classifier.dispose();
    }));
}

/** A threshold of exit 1 that lets some images leave and others not. */
async function separatingThreshold(
  classifier: BranchyNet,
  images: tf.Tensor4D,
  statistics: Parameters<typeof classify>[2],
): Promise<number> {
  let [low, high] = [0, 2];
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    classifier.calibration.restore({ exit1: middle, exit2: 0 });
    const { routes } = await classify(classifier, images, statistics);
    const leaving = routes!.filter((route) => route === 1).length;
    if (leaving > 0 && leaving < routes!.length) return middle;
    if (leaving === 0) low = middle;
    else high = middle;
  }
  throw new Error("all images have the same entropy");
}

Deno.test("BranchyNet can end with the layer of its last exit", () =>
  withBackend("cpu", async () => {
    const exitsAfter = ["conv1", "conv3"];
    const architecture = ARCHITECTURE.filter(({ kind }) => kind !== "max-pool");
    const options = { ...TINY, architecture, exitsAfter, exitWidth: 6 };
    const classifier = new BranchyNet(options);
    const plain = plainNetwork(architecture);
    const images = testImages(3, 8);
    const statistics = await statisticsOf(classifier, images);
    classifier.calibration.restore({ exit1: 0, exit2: 0 });
    const { logits, routes } = await classify(classifier, images, statistics);
    assert.deepEqual(routes, [3, 3, 3]);
    const expected = await classify(plain, images, await statisticsOf(plain, images));
    assert.ok(largestDifference(logits, expected.logits) < 1e-5);
    images.dispose();
    plain.dispose();
    classifier.dispose();
  }));

Deno.test("BranchyNet with closed exits is AlexNet", async () => {
  const backend = (await testBackends()).at(-1)!;
  await withBackend(backend, async () => {
    const classifier = new BranchyNet({ ...TINY });
    const architecture = alexnetArchitecture(3);
    const plain = plainNetwork(architecture);
    const images = testImages(2, 16);
    classifier.calibration!.restore({ exit1: 0, exit2: 0 });
    const found = await classify(classifier, images, new Map());
    const expected = await classify(plain, images, new Map([[0, new Map()]]));
    assert.ok(largestDifference(found.logits, expected.logits) < 1e-5);
    assert.equal(found.multiplyAdds, expected.multiplyAdds);
    images.dispose();
    classifier.dispose();
    plain.dispose();
  });
});

Deno.test("BranchyNet is trained by its end and by its exits, which weigh as much where nothing is said", () =>
  withBackend("cpu", async () => {
    for (const exitWeight of [undefined, 0.3]) {
      const classifier = new BranchyNet({
        ...{ ...TINY, architecture: ARCHITECTURE, exitsAfter: ["conv1", "conv2"], exitWidth: 6 },
        ...(exitWeight === undefined ? {} : { exitWeight }),
      });
      const images = testImages(4, 8);
      const labels = tf.tensor1d([0, 1, 2, 0], "int32");
      const levels = ONE_LEVEL.list[0]!;
      const found = lossAndGradients(classifier, { images, labels, levels }, { recompute: false });
      const expected = tf.tidy(() => {
        const { logits, auxiliary } = classifier.forward(images, levels, {
          normalize: (site, input) => batchNormOfBatch(input, site.scale, site.offset),
        });
        assert.equal(auxiliary.length, 2);
        const lossOf = (of: tf.Tensor2D) => crossEntropy(of, labels).dataSync()[0]!;
        const sides = auxiliary.reduce((sum, side) => sum + lossOf(side.logits), 0);
        return lossOf(logits) + (exitWeight ?? 1) * sides;
      });
      const loss = (await found.loss.data())[0]!;
      assert.ok(Math.abs(loss - expected) < 1e-5, `${loss} is not ${expected}`);
      tf.dispose([found.loss, found.correct, ...found.gradients.values(), images, labels]);
      classifier.dispose();
    }
  }));
