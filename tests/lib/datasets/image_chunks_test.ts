import assert from "node:assert/strict";
import { imageChunks } from "../../../lib/datasets/image_chunks.ts";
import { channelStatistics } from "../../../lib/datasets/standardization.ts";
import { complexityMeasure } from "../../../lib/complexity/measure_registry.ts";
import { measureDataset } from "../../../lib/training/training_data.ts";
import type { ImageDataset } from "../../../lib/datasets/dataset.ts";

Deno.test("imageChunks() names every image once, in order, within both bounds", () => {
  const sizes = (length: number, side: number, images: number) =>
    Array.from(imageChunks({ length, height: side, width: side }, { images }), (chunk) => {
      assert.ok(chunk.every((image, at) => image === chunk[0]! + at));
      return chunk.length;
    });
  assert.deepEqual(sizes(600, 32, 256), [256, 256, 88]);
  assert.deepEqual(sizes(100, 1024, 256), [42, 42, 16], "42 images of 3 MiB");
  assert.deepEqual(sizes(2, 8192, 256), [1, 1], "one image, however large");
  assert.deepEqual(sizes(0, 32, 256), []);
});

Deno.test("channelStatistics() and measureDataset() read at most 128 MiB of pixels at a time", async () => {
  let most = 0;
  const dataset: ImageDataset = {
    ...{ name: "large", classNames: ["a"], height: 2048, width: 2048, length: 12, fingerprint: "" },
    labels: new Uint16Array(12),
    read: (indices) => {
      most = Math.max(most, indices.length);
      return Promise.resolve(new Uint8Array(indices.length * 2048 * 2048 * 3));
    },
  };
  await channelStatistics(dataset);
  const measure = { ...complexityMeasure("entropy"), measure: () => 7 };
  let timers = 0;
  const timer = setInterval(() => timers++, 0);
  assert.deepEqual(await measureDataset(dataset, measure), new Float64Array(12).fill(7));
  clearInterval(timer);
  assert.equal(most, 10);
  assert.ok(timers > 0, "signals are heard between chunks");
});
