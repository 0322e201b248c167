import assert from "node:assert/strict";
import { workOfLayers } from "../../../lib/architectures/count_layers.ts";
import { classifierHead, convolution } from "../../../lib/architectures/layer.ts";
import { basicBlock } from "../../../lib/architectures/resnet.ts";
import { Drnn } from "../../../lib/baselines/drnn.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { largestDifference } from "../../helpers/tensors.ts";
import {
  checkGradientsArrive,
  checkGrouping,
  classify,
  denseLogits,
  ONE_LEVEL,
  plainNetwork,
  statisticsOf,
  testImages,
  TINY,
} from "./dynamic_depth.ts";
import type { Layer } from "../../../lib/architectures/layer.ts";

const WIDENING = basicBlock("stage2", { inputChannels: 4, outputChannels: 6, stride: 2 });

/** What every image passes: stem, one loop of each stage, head. */
const ONE_LOOP: Layer[] = [
  convolution("stem", { kernelSize: 7, inputChannels: 3, outputChannels: 4 }, { stride: 2 }),
  basicBlock("stage1", { inputChannels: 4, outputChannels: 4, stride: 1 }),
  {
    ...WIDENING,
    shortcut: [
      convolution("stage2.shortcut", { kernelSize: 1, inputChannels: 4, outputChannels: 6 }, {
        stride: 2,
        activation: "none",
      }),
    ],
  },
  ...classifierHead([6, 6, 3]),
];

/** Stage 1 has maps of 4 x 4 and gates of 4 channels, stage 2 of 2 x 2 and 6. */
const GATES = [
  9 * 4 * 4 * 4 + 9 * 4 * 4 * 1 + 4 * 2,
  9 * 6 * 6 * 1 + 9 * 6 * 6 * 1 + 6 * 2,
] as const;

/** Later loops: both convolutions of stage 1, the second of stage 2. */
const LATER = [2 * 9 * 4 * 4 * 16, 9 * 6 * 6 * 4] as const;

const SIZE = { height: 8, width: 8 };

function tinyDrnn(initialGateBias: number): Drnn {
  return new Drnn({ ...TINY, stages: [4, 6], initialGateBias });
}

Deno.test("Drnn has the counts of the paper's size", () =>
  withBackend("cpu", () => {
    for (const [classes, count] of [[10, 11_446_226], [100, 11_446_226 + 90 * 513]] as const) {
      const classifier = new Drnn({ classes, seed: 1, levels: ONE_LEVEL });
      assert.equal(classifier.parameters.count(), count);
      classifier.dispose();
    }
  }));

Deno.test("Drnn refuses a single loop", () =>
  withBackend("cpu", () => {
    assert.throws(() => new Drnn({ ...TINY, maxLoops: 1 }), RangeError);
  }));

for (const backend of await testBackends()) {
  Deno.test(`Drnn with closed gates is the plain network of one loop (${backend})`, () =>
    withBackend(backend, async () => {
      const [classifier, plain] = [tinyDrnn(-100), plainNetwork(ONE_LOOP)];
      const images = testImages(5, 8);
      const statistics = await statisticsOf(classifier, images);
      const found = await classify(classifier, images, statistics);
      const expected = await classify(plain, images, await statisticsOf(plain, images));
      assert.ok(largestDifference(found.logits, expected.logits) < 1e-4);
      assert.deepEqual(found.routes, [2, 2, 2, 2, 2]);
      assert.equal(found.multiplyAdds, expected.multiplyAdds + 5 * (GATES[0] + GATES[1]));
      images.dispose();
      classifier.dispose();
      plain.dispose();
    }));

  Deno.test(`Drnn with open gates makes all loops, each with its statistics (${backend})`, () =>
    withBackend(backend, async () => {
      const classifier = tinyDrnn(100);
      const images = testImages(5, 8);
      const statistics = await statisticsOf(classifier, images);
      const names = [...statistics.get(0)!.keys()].filter((name) => name.startsWith("stage2.conv"));
      assert.deepEqual(names, [
        "stage2.conv1",
        "stage2.conv2",
        "stage2.conv2.loop2",
        "stage2.conv2.loop3",
        "stage2.conv2.loop4",
      ]);
      const { multiplyAdds, routes, logits } = await classify(classifier, images, statistics);
      assert.deepEqual(routes, [8, 8, 8, 8, 8]);
      const loops = 3 * (GATES[0] + GATES[1] + LATER[0] + LATER[1]);
      assert.equal(multiplyAdds, 5 * (workOfLayers(ONE_LOOP, SIZE).multiplyAdds + loops));
      const dense = await denseLogits(classifier, images, statistics);
      assert.ok(largestDifference(logits, dense) < 1e-3);
      images.dispose();
      classifier.dispose();
    }));

  Deno.test(`Drnn gives images together what each gets alone (${backend})`, () =>
    withBackend(backend, async () => {
      // The seed is one whose gates do not agree on these images.
      const classifier = new Drnn({ ...TINY, seed: 9, stages: [4, 6], initialGateBias: 0 });
      const images = testImages(8, 8);
      const statistics = await statisticsOf(classifier, images);
      const routes = await checkGrouping(classifier, images, statistics);
      assert.deepEqual(routes, [5, 3, 5, 3, 6, 6, 5, 8]);
      const dense = await denseLogits(classifier, images, statistics);
      const { logits } = await classify(classifier, images, statistics);
      assert.ok(largestDifference(logits, dense) < 1e-3);
      images.dispose();
      classifier.dispose();
    }));

  Deno.test(`Drnn trains every parameter (${backend})`, () =>
    withBackend(backend, async () => {
      const classifier = tinyDrnn(1);
      const images = testImages(6, 8);
      await checkGradientsArrive(classifier, images);
      images.dispose();
      classifier.dispose();
    }));

  Deno.test(`Drnn takes maps that its gates cannot pool (${backend})`, () =>
    withBackend(backend, async () => {
      const classifier = new Drnn({ ...TINY, stages: [4, 6, 8], initialGateBias: 100 });
      const images = testImages(3, 8);
      const { logits } = await classify(classifier, images, await statisticsOf(classifier, images));
      assert.ok(logits.every(Number.isFinite));
      images.dispose();
      classifier.dispose();
    }));
}
