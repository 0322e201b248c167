import assert from "node:assert/strict";
import { complexity } from "../../../lib/api/complexity.ts";

Deno.test("complexity() refuses what is no image, and what names no measure", () => {
  const image = { pixels: new Uint8Array(12), height: 2, width: 2 };
  for (const nothing of [undefined, null, 5, "a.png"]) {
    assert.throws(
      () => complexity(nothing as unknown as typeof image),
      /^TypeError: .*it must be \{ pixels, height, width \}, current value is/,
    );
  }
  for (const nothing of [{}, [], new Blob([]), new Uint8Array(12)]) {
    assert.throws(() => complexity(nothing as unknown as typeof image), /^TypeError: .*pixels/);
  }
  assert.throws(() => complexity({ ...image, height: -2 }), /^RangeError: .*height must be a pos/);
  assert.throws(() => complexity({ ...image, height: 1e9 }), /^RangeError: .*pixels must hold/);
  assert.throws(() => complexity(image, 5 as unknown as string), TypeError);
  assert.throws(() => complexity(image, "entropie"), /^RangeError: .*one of entropy,/);
});
