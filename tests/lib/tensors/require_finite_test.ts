import assert from "node:assert/strict";
import { DivergenceError } from "../../../lib/errors.ts";
import { requireFinite } from "../../../lib/tensors/require_finite.ts";

Deno.test("requireFinite() refuses what is infinite or no number, wherever it stands", () => {
  requireFinite([], "logits");
  requireFinite(Float32Array.of(0, -3e38, 3e38), "logits");
  for (const bad of [[NaN, 1], [1, Infinity], Float32Array.of(0, -Infinity, 1)]) {
    assert.throws(
      () => requireFinite(bad, "logits"),
      (error) => error instanceof DivergenceError && /logits are not finite/.test(error.message),
    );
  }
});
