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

Deno.test("initialStateValues() learned starts where seeded stays", () => {
  assert.deepEqual(initialStateValues("learned", SHAPE), initialStateValues("seeded", SHAPE));
});

Deno.test("initialStateValues() constant is all ones", () => {
  assert.ok(initialStateValues("constant", SHAPE).every((value) => value === 1));
});
