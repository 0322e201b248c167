import assert from "node:assert/strict";
import { createInMemoryDataset } from "../../../lib/datasets/in_memory_dataset.ts";
import { channelStatistics, standardize } from "../../../lib/datasets/standardization.ts";
import { loadCifar10 } from "../../../lib/datasets/cifar10.ts";
import { sharedDataDirectory } from "../../helpers/shared_data.ts";
import { makeDots } from "./helpers/dots.ts";

function close(found: readonly number[], expected: readonly number[], tolerance: number): void {
  found.forEach((value, at) => {
    assert.ok(Math.abs(value - expected[at]!) <= tolerance, `${found} is not ${expected}`);
  });
}

Deno.test("channelStatistics() equals the definition, over chunks too", async () => {
  const count = 600;
  const images = Uint8Array.from({ length: count * 12 }, (_, at) => (at * at * 31 + at) & 0xff);
  const dataset = createInMemoryDataset({
    name: "noise",
    classNames: ["only"],
    height: 2,
    width: 2,
    images,
    labels: new Uint16Array(count),
  });
  const { mean, deviation } = await channelStatistics(dataset);
  for (let channel = 0; channel < 3; channel++) {
    const values = [...images].filter((_, at) => at % 3 === channel).map((value) => value / 255);
    const expected = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - expected) ** 2, 0) /
      values.length;
    assert.ok(Math.abs(mean[channel]! - expected) < 1e-12);
    assert.ok(Math.abs(deviation[channel]! - Math.sqrt(variance)) < 1e-12);
  }
});

Deno.test("channelStatistics() of one colour has a deviation that can be divided by", async () => {
  const { deviation } = await channelStatistics(makeDots(1));
  assert.deepEqual(deviation, [1 / 255, 1 / 255, 1 / 255]);
});

Deno.test("standardize() gives zero mean and unit deviation on the measured images", async () => {
  const dots = makeDots(256);
  const pixels = await dots.read(Array.from({ length: 256 }, (_, index) => index));
  const out = standardize(pixels, await channelStatistics(dots));
  const mean = out.reduce((sum, value) => sum + value, 0) / out.length;
  const variance = out.reduce((sum, value) => sum + value * value, 0) / out.length;
  assert.ok(Math.abs(mean) < 1e-6);
  assert.ok(Math.abs(variance - 1) < 1e-6);
});

Deno.test("standardize() divides by 255 first, and refuses other lengths", () => {
  const statistics = { mean: [0, 0, 0], deviation: [1, 1, 1] } as const;
  const out = standardize(Uint8Array.of(0, 51, 255), statistics);
  assert.deepEqual([...out], [0, Math.fround(0.2), 1]);
  assert.throws(() => standardize(new Uint8Array(4), statistics), RangeError);
});

Deno.test({
  name: sharedDataDirectory === null
    ? "channelStatistics() of real CIFAR-10 images (skipped: ../shared/data is not there)"
    : "channelStatistics() of real CIFAR-10 images agrees with the published figures",
  ignore: sharedDataDirectory === null,
  async fn() {
    const { train } = await loadCifar10(sharedDataDirectory!);
    const { mean, deviation } = await channelStatistics(train);
    // Of all 50,000 images; the sample holds 10,000 of them.
    close(mean, [0.4914, 0.4822, 0.4465], 0.005);
    close(deviation, [0.247, 0.2435, 0.2616], 0.005);
  },
});
