import assert from "node:assert/strict";
import { RandomStream } from "../../../lib/randomness/random_stream.ts";

function draw(count: number, stream: RandomStream): number[] {
  return Array.from({ length: count }, () => stream.nextUint32());
}

Deno.test("RandomStream repeats for equal seed, purpose and index", () => {
  assert.deepEqual(
    draw(20, new RandomStream(7, "order", 3)),
    draw(20, new RandomStream(7, "order", 3)),
  );
});

Deno.test("RandomStream differs when seed, purpose or index differ", () => {
  const reference = draw(8, new RandomStream(7, "order", 3)).join();
  assert.notEqual(draw(8, new RandomStream(8, "order", 3)).join(), reference);
  assert.notEqual(draw(8, new RandomStream(7, "level", 3)).join(), reference);
  assert.notEqual(draw(8, new RandomStream(7, "order", 4)).join(), reference);
  assert.notEqual(draw(8, new RandomStream(7, "order", 3 + 2 ** 32)).join(), reference);
});

Deno.test("RandomStream keeps its numbers from release to release", () => {
  const stream = new RandomStream(1, "weights/head.weights");
  assert.deepEqual(draw(3, stream), [86722379, 1620074736, 3380330633]);
});

Deno.test("RandomStream.nextFloat() is uniform in [0, 1)", () => {
  const stream = new RandomStream(2, "test");
  const bins = new Array<number>(10).fill(0);
  for (let index = 0; index < 20_000; index++) {
    const value = stream.nextFloat();
    assert.ok(value >= 0 && value < 1);
    bins[Math.floor(value * 10)]! += 1;
  }
  const chiSquare = bins.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
  // 99.9 % point of chi-square with 9 degrees of freedom.
  assert.ok(chiSquare < 27.9, `chi-square ${chiSquare}`);
});

Deno.test("RandomStream.nextNormal() has the moments of the standard normal", () => {
  const stream = new RandomStream(3, "test");
  const count = 40_000;
  const sums = [0, 0, 0, 0];
  for (let index = 0; index < count; index++) {
    const value = stream.nextNormal();
    for (let power = 0; power < 4; power++) sums[power]! += value ** (power + 1) / count;
  }
  assert.ok(Math.abs(sums[0]!) < 0.02);
  assert.ok(Math.abs(sums[1]! - 1) < 0.03);
  assert.ok(Math.abs(sums[2]!) < 0.06);
  assert.ok(Math.abs(sums[3]! - 3) < 0.2);
});

Deno.test("RandomStream.nextInt() reaches every value below its bound, and none above", () => {
  const stream = new RandomStream(4, "test");
  const seen = new Set(Array.from({ length: 300 }, () => stream.nextInt(7)));
  assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4, 5, 6]);
  assert.throws(() => stream.nextInt(0), /bound must be in 1\.\.2\^32, current value is 0/);
});

Deno.test("RandomStream refuses seeds that are not integers >= 0", () => {
  assert.throws(() => new RandomStream(-1, "test"), RangeError);
  assert.throws(() => new RandomStream(1.5, "test"), RangeError);
});

Deno.test("RandomStream.nextInt() prefers no value where its bound does not divide 2^32", () => {
  const stream = new RandomStream(5, "test");
  const low = Array.from({ length: 2000 }, () => stream.nextInt(3 * 2 ** 30))
    .filter((value) => value < 2 ** 30).length;
  assert.ok(Math.abs(low / 2000 - 1 / 3) < 0.04, `${low}`);
});

Deno.test("RandomStream.nextFloat() has more than 27 random bits", () => {
  const stream = new RandomStream(6, "test");
  const values = Array.from({ length: 8 }, () => stream.nextFloat() * 2 ** 27);
  assert.ok(values.some((value) => !Number.isInteger(value)));
});
