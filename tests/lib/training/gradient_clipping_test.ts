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

Deno.test("clippingFactor() brings the norm down to the limit and never up", () =>
  withBackend("cpu", async () => {
    const norm = tf.scalar(8);
    const [smaller] = await take(clippingFactor(norm, 2));
    const [same] = await take(clippingFactor(norm, 100));
    assert.equal(smaller, 0.25);
    assert.equal(same, 1);
    norm.dispose();
  }));
