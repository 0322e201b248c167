import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { clippingFactor, globalNorm } from "../../../lib/training/gradient_clipping.ts";
import { withBackend } from "../../helpers/backends.ts";
import { take } from "../../helpers/tensors.ts";

Deno.test("globalNorm() is the norm of all numbers together", () =>
  withBackend("cpu", async () => {
    const gradients = [tf.tensor1d([2, 3]), tf.tensor2d([[6]])];
    const [norm] = await take(globalNorm(gradients));
    assert.equal(norm, 7);
    tf.dispose(gradients);
  }));

Deno.test("clippingFactor() brings the norm down to the limit and never up", () => {
  assert.equal(clippingFactor(8, 2), 0.25);
  assert.equal(clippingFactor(8, 100), 1);
  assert.equal(clippingFactor(8, 0), 1, "0 does not clip");
  assert.equal(clippingFactor(0, 2), 1);
});
