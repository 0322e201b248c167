import assert from "node:assert/strict";
import { dtypes, elementCount } from "../../../lib/checkpoints/safetensors_dtypes.ts";

Deno.test("dtypes gives every type an array class of its element size", () => {
  for (const [name, { size, arrayType }] of dtypes) {
    assert.equal(new arrayType(new ArrayBuffer(16)).length, 16 / size, name);
  }
});

Deno.test("elementCount() refuses sides and products that are no exact integers", () => {
  assert.equal(elementCount([2, 0, 5]), 0);
  for (const shape of [[-1], [1.5], [NaN], [2 ** 53], [2 ** 27, 2 ** 26], [2 ** 53, 0]]) {
    assert.equal(elementCount(shape), null, String(shape));
  }
  assert.equal(elementCount([2 ** 26, 2 ** 26]), 2 ** 52);
});
