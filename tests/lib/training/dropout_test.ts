import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { dropoutOfStep } from "../../../lib/training/dropout.ts";
import { withBackend } from "../../helpers/backends.ts";
import { take } from "../../helpers/tensors.ts";

const RATES = { dropout: 0.25, channelDropout: 0.5, seed: 7 };

Deno.test("dropoutOfStep() drops the share asked for and keeps the expected value", () =>
  withBackend("cpu", async () => {
    const drop = dropoutOfStep(3, RATES)!;
    const input = tf.ones<tf.Rank.R2>([200, 100]);
    const values = await take(tf.tidy(() => drop.vectors(input)));
    const zeros = values.filter((value) => value === 0).length / values.length;
    assert.ok(Math.abs(zeros - 0.25) < 0.01, String(zeros));
    for (const value of values) assert.ok(value === 0 || Math.abs(value - 4 / 3) < 1e-6);
    input.dispose();
  }));

Deno.test("dropoutOfStep() drops whole channels of maps, image by image", () =>
  withBackend("cpu", async () => {
    const drop = dropoutOfStep(3, RATES)!;
    const input = tf.ones<tf.Rank.R4>([8, 2, 3, 16]);
    const values = await take(tf.tidy(() => drop.maps(input)));
    const patterns = new Set<string>();
    for (let image = 0; image < 8; image++) {
      const at = (position: number) =>
        values.slice((image * 6 + position) * 16, (image * 6 + position + 1) * 16).join();
      for (let position = 1; position < 6; position++) assert.equal(at(position), at(0));
      patterns.add(at(0));
    }
    assert.ok(patterns.size > 4);
    input.dispose();
  }));

Deno.test("dropoutOfStep() draws the same masks for the same step, others for the next", () =>
  withBackend("cpu", async () => {
    const input = tf.ones<tf.Rank.R2>([4, 50]);
    const masks = async (
      step: number,
    ) => [...await take(tf.tidy(() => dropoutOfStep(step, RATES)!.vectors(input)))];
    assert.deepEqual(await masks(5), await masks(5));
    assert.notDeepEqual(await masks(5), await masks(6));
    input.dispose();
  }));

Deno.test("dropoutOfStep() is nothing at rates of 0", () =>
  assert.equal(dropoutOfStep(0, { dropout: 0, channelDropout: 0, seed: 1 }), undefined));
