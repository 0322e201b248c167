import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { BranchyNet } from "../../../lib/baselines/branchynet.ts";
import { Drnn } from "../../../lib/baselines/drnn.ts";
import { SkipNet } from "../../../lib/baselines/skipnet.ts";
import { classifierHead, convolution } from "../../../lib/architectures/layer.ts";
import { basicBlock } from "../../../lib/architectures/resnet.ts";
import {
  statisticsFromTensors,
  statisticsToTensors,
} from "../../../lib/classifiers/level_statistics.ts";
import { DivergenceError } from "../../../lib/errors.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import {
  checkGrouping,
  classify,
  denseLogits,
  statisticsOf,
  testImages,
  TINY,
} from "./dynamic_depth.ts";
import { largestDifference } from "../../helpers/tensors.ts";
import type { Classifier } from "../../../lib/classifiers/classifier.ts";

const STEM = convolution("stem", { kernelSize: 3, inputChannels: 3, outputChannels: 4 });

/** Every model of dynamic depth, small. */
const MODELS: Readonly<Record<string, (seed: number) => Classifier>> = {
  BranchyNet: (seed) =>
    new BranchyNet({
      ...TINY,
      seed,
      architecture: [
        { ...STEM, norm: false },
        { kind: "max-pool", size: 2, stride: 2 },
        convolution("conv2", { kernelSize: 3, inputChannels: 4, outputChannels: 4 }, {
          norm: false,
        }),
        ...classifierHead([4, 3]),
      ],
      exitsAfter: ["stem"],
      exitWidth: 4,
    }),
  SkipNet: (seed) =>
    new SkipNet({
      ...TINY,
      seed,
      architecture: [
        STEM,
        basicBlock("block1", { inputChannels: 4, outputChannels: 4, stride: 1 }),
        basicBlock("block2", { inputChannels: 4, outputChannels: 6, stride: 2 }),
        ...classifierHead([6, 3]),
      ],
    }),
  DRNN: (seed) => new Drnn({ ...TINY, seed, stages: [4, 6, 8] }),
};

for (const backend of (await testBackends()).filter((name) => name !== "cpu")) {
  for (const [name, create] of Object.entries(MODELS)) {
    Deno.test(`${name} takes images of 84 x 84 and of odd sizes (${backend})`, () =>
      withBackend(backend, async () => {
        const classifier = create(1);
        for (const size of [84, 21]) {
          const images = testImages(3, size);
          const statistics = await statisticsOf(classifier, images);
          await checkGrouping(classifier, images, statistics);
          images.dispose();
        }
        classifier.dispose();
      }));

    Deno.test(`${name} is the same after saving and loading (${backend})`, () =>
      withBackend(backend, async () => {
        const [saved, loaded] = [create(1), create(2)];
        const images = testImages(4, 16);
        const statistics = await statisticsOf(saved, images);
        const expected = await classify(saved, images, statistics);
        loaded.parameters.write(await saved.parameters.read());
        if (saved.calibration) loaded.calibration!.restore(saved.calibration.values);
        // Statistics of a network without norms come back from storage as none at all.
        const restored = statisticsFromTensors(statisticsToTensors(statistics));
        assert.deepEqual(await classify(loaded, images, restored), expected);
        if (name !== "BranchyNet") {
          const dense = await denseLogits(loaded, images, restored);
          assert.ok(largestDifference(dense, expected.logits) < 1e-3);
        }
        images.dispose();
        saved.dispose();
        loaded.dispose();
      }));
  }
}

for (const [name, create] of Object.entries(MODELS)) {
  Deno.test(`${name} leaves no tensor behind where it cannot decide`, () =>
    withBackend("cpu", async () => {
      const classifier = create(1);
      const images = testImages(4, 8);
      const statistics = await statisticsOf(classifier, images);
      const options = { image: { height: 8, width: 8 }, exact: false };
      const network = await classifier.prepare(statistics, options);
      const broken = tf.mul<tf.Tensor4D>(images, NaN);
      const live = tf.memory().numTensors;
      const batch = { images: broken, level: 0, complexities: [5, 5, 5, 5] };
      await assert.rejects(() => network.infer(batch), DivergenceError);
      assert.equal(tf.memory().numTensors, live);
      tf.dispose([images, broken]);
      network.dispose();
      classifier.dispose();
    }));
}

for (const name of ["SkipNet", "DRNN"]) {
  Deno.test(`${name} refuses inference without statistics`, () =>
    withBackend("cpu", async () => {
      const classifier = MODELS[name]!(1);
      const options = { image: { height: 8, width: 8 }, exact: false };
      await assert.rejects(() => classifier.prepare(new Map(), options), RangeError);
      classifier.dispose();
    }));
}
