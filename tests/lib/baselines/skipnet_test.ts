import assert from "node:assert/strict";
import { workOfLayers } from "../../../lib/architectures/count_layers.ts";
import { classifierHead, convolution } from "../../../lib/architectures/layer.ts";
import { basicBlock, resnetArchitecture } from "../../../lib/architectures/resnet.ts";
import { SkipNet } from "../../../lib/baselines/skipnet.ts";
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

/** Two blocks that keep the shape and one that changes it in between. */
const ARCHITECTURE: Layer[] = [
  convolution("stem", { kernelSize: 3, inputChannels: 3, outputChannels: 4 }),
  basicBlock("block1", { inputChannels: 4, outputChannels: 4, stride: 1 }),
  basicBlock("block2", { inputChannels: 4, outputChannels: 6, stride: 2 }),
  basicBlock("block3", { inputChannels: 6, outputChannels: 6, stride: 1 }),
  ...classifierHead([6, 3]),
];

function tinySkipNet(initialGateBias: number): SkipNet {
  return new SkipNet({ ...TINY, architecture: ARCHITECTURE, initialGateBias });
}

/** Multiply-adds of the gates after block 1 (8 x 8 map, 4 channels) and block 2 (4 x 4 map, 6 channels). */
const GATES = (9 * 4 * 4 * 16 + 4 * 2) + (9 * 6 * 6 * 4 + 6 * 2);

const SIZE = { height: 8, width: 8 };

Deno.test("SkipNet has the counts stated", () =>
  withBackend("cpu", () => {
    for (const [classes, count] of [[10, 17_483_866], [100, 17_483_866 + 90 * 513]] as const) {
      const classifier = new SkipNet({ classes, seed: 1, levels: ONE_LEVEL });
      assert.equal(classifier.parameters.count(), count);
      classifier.dispose();
    }
  }));

Deno.test("SkipNet refuses a network that is not of residual blocks", () =>
  withBackend("cpu", () => {
    const plain = [...ARCHITECTURE.slice(0, 1), ...classifierHead([4, 3])];
    assert.throws(() => new SkipNet({ ...TINY, architecture: plain }), RangeError);
    assert.throws(() => new SkipNet({ ...TINY, architecture: ARCHITECTURE.slice(1) }), RangeError);
  }));

for (const backend of await testBackends()) {
  Deno.test(`SkipNet with open gates is the plain network (${backend})`, () =>
    withBackend(backend, async () => {
      const [classifier, plain] = [tinySkipNet(100), plainNetwork(ARCHITECTURE)];
      const images = testImages(5, 8);
      const statistics = await statisticsOf(classifier, images);
      const found = await classify(classifier, images, statistics);
      const expected = await classify(plain, images, await statisticsOf(plain, images));
      assert.ok(largestDifference(found.logits, expected.logits) < 1e-4);
      assert.deepEqual(found.routes, [3, 3, 3, 3, 3]);
      assert.equal(found.multiplyAdds, expected.multiplyAdds + 5 * GATES);
      assert.equal(
        classifier.workOf(SIZE),
        found.multiplyAdds / 5,
        "the most that an image can cost",
      );
      images.dispose();
      classifier.dispose();
      plain.dispose();
    }));

  Deno.test(`SkipNet with closed gates runs its first block and shortcuts (${backend})`, () =>
    withBackend(backend, async () => {
      const classifier = tinySkipNet(-100);
      const images = testImages(5, 8);
      const statistics = await statisticsOf(classifier, images);
      const { multiplyAdds, routes, logits } = await classify(classifier, images, statistics);
      assert.deepEqual(routes, [1, 1, 1, 1, 1]);
      const kept = workOfLayers(ARCHITECTURE.slice(0, 2), SIZE).multiplyAdds;
      const shortcut = 4 * 6 * 16;
      assert.equal(multiplyAdds, 5 * (kept + shortcut + 6 * 3 + GATES));
      assert.ok(
        largestDifference(logits, await denseLogits(classifier, images, statistics)) < 1e-3,
      );
      images.dispose();
      classifier.dispose();
    }));

  Deno.test(`SkipNet gives images together what each gets alone (${backend})`, () =>
    withBackend(backend, async () => {
      // The seed is one whose gates do not agree on these images.
      const options = { ...TINY, seed: 11, architecture: ARCHITECTURE, initialGateBias: 0 };
      const classifier = new SkipNet(options);
      const images = testImages(8, 8);
      const statistics = await statisticsOf(classifier, images);
      const routes = await checkGrouping(classifier, images, statistics);
      assert.deepEqual(routes, [3, 2, 2, 2, 2, 2, 2, 1]);
      const dense = await denseLogits(classifier, images, statistics);
      const { logits } = await classify(classifier, images, statistics);
      assert.ok(largestDifference(logits, dense) < 1e-3);
      images.dispose();
      classifier.dispose();
    }));

  Deno.test(`SkipNet trains every parameter (${backend})`, () =>
    withBackend(backend, async () => {
      const classifier = tinySkipNet(1);
      const images = testImages(6, 8);
      await checkGradientsArrive(classifier, images);
      images.dispose();
      classifier.dispose();
    }));
}

Deno.test("SkipNet with open gates is ResNet", async () => {
  const backend = (await testBackends()).at(-1)!;
  await withBackend(backend, async () => {
    const classifier = new SkipNet({ ...TINY, initialGateBias: 100 });
    const plain = plainNetwork(resnetArchitecture(3));
    const images = testImages(2, 32);
    const found = await classify(classifier, images, await statisticsOf(classifier, images));
    const expected = await classify(plain, images, await statisticsOf(plain, images));
    assert.ok(largestDifference(found.logits, expected.logits) < 1e-3);
    assert.deepEqual(found.routes, [8, 8]);
    images.dispose();
    classifier.dispose();
    plain.dispose();
  });
});
