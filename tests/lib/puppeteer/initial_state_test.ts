import assert from "node:assert/strict";
import { initialStateValues } from "../../../lib/puppeteer/initial_state.ts";

const SHAPE = { channels: 32, taps: 9 };

Deno.test("initialStateValues() seeded is standard normal and always the same", () => {
  const values = initialStateValues("seeded", SHAPE);
  assert.equal(values.length, 9 * 32 ** 2);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  assert.ok(Math.abs(mean) < 0.05 && Math.abs(variance - 1) < 0.05);
  assert.deepEqual(initialStateValues("seeded", SHAPE), values);
});

Deno.test("initialStateValues() low-frequency has variance 1, and a third of it in means over 8 x 8 channels", () => {
  const channels = 64;
  const values = initialStateValues("low-frequency", { channels, taps: 9 });
  const meanSquare = (of: ArrayLike<number>) =>
    Array.from(of).reduce((sum, value) => sum + value ** 2, 0) / of.length;
  assert.ok(Math.abs(meanSquare(values) - 1) < 0.1, String(meanSquare(values)));
  const means: number[] = [];
  for (let tap = 0; tap < 9; tap++) {
    for (let block = 0; block < (channels / 8) ** 2; block++) {
      const [input, output] = [8 * Math.floor(block / 8), 8 * (block % 8)];
      let sum = 0;
      for (let at = 0; at < 64; at++) {
        sum += values[((input + Math.floor(at / 8)) * 9 + tap) * channels + output + at % 8]!;
      }
      means.push(sum / 64);
    }
  }
  // 1/4 (1 + 1/4 + 1/16 + 1/64) of the four fields.
  assert.ok(Math.abs(meanSquare(means) - 0.332) < 0.06, String(meanSquare(means)));
  assert.deepEqual(initialStateValues("low-frequency", { channels, taps: 9 }), values);
});

Deno.test("initialStateValues() orthogonal has orthogonal channels of variance 1 in every tap, and is always the same", () => {
  const { channels, taps } = SHAPE;
  const values = initialStateValues("orthogonal", SHAPE);
  for (let tap = 0; tap < taps; tap++) {
    const rows = Array.from({ length: channels }, (_, input) => {
      const from = (input * taps + tap) * channels;
      return values.subarray(from, from + channels);
    });
    for (const [at, row] of rows.entries()) {
      for (const [other, column] of rows.entries()) {
        const product = row.reduce((sum, value, output) => sum + value * column[output]!, 0);
        const expected = at === other ? channels : 0;
        assert.ok(Math.abs(product - expected) < 1e-4, `${tap}: ${at} x ${other}: ${product}`);
      }
    }
  }
  assert.notDeepEqual(values.subarray(0, channels), values.subarray(channels, 2 * channels));
  assert.deepEqual(initialStateValues("orthogonal", SHAPE), values);
});

Deno.test("initialStateValues() learned starts where seeded stays", () => {
  assert.deepEqual(initialStateValues("learned", SHAPE), initialStateValues("seeded", SHAPE));
});

Deno.test("initialStateValues() constant is all ones", () => {
  assert.ok(initialStateValues("constant", SHAPE).every((value) => value === 1));
});
