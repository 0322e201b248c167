import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { mixingOfStep } from "../../../lib/training/feature_mixing.ts";
import { lossAndGradients } from "../../../lib/training/training_step.ts";
import { createClassifier } from "../../../lib/models/create_classifier.ts";
import { defaultConfig } from "../../../lib/configuration/experiment_config.ts";
import type { FeatureMixing } from "../../../lib/classifiers/classifier.ts";
import { withBackend } from "../../helpers/backends.ts";
import { take } from "../../helpers/tensors.ts";

const ALWAYS = { featureMixing: 1, seed: 3 };

Deno.test("mixingOfStep() mixes every image with its mirror image in the batch, at one place", () =>
  withBackend("cpu", async () => {
    const input = tf.tensor4d([1, 2, 3, 4, 5, 6], [3, 1, 1, 2]);
    const mixing = mixingOfStep(0, ALWAYS)!;
    const changed: number[] = [];
    for (let place = 0; place < 12; place++) {
      const values = await take(tf.tidy(() => tf.clone(mixing.maps(input, place, 12))));
      if (values[0] === 1) continue;
      changed.push(place);
      const { weight } = mixing;
      const expected = [5, 6, 3, 4, 1, 2].map((other, at) =>
        weight * (at + 1) + (1 - weight) * other
      );
      for (const [at, value] of values.entries()) {
        assert.ok(Math.abs(value - expected[at]!) < 1e-6);
      }
    }
    assert.equal(changed.length, 1);
    assert.ok(changed[0]! < 6, "in the first half");
    input.dispose();
  }));

Deno.test("mixingOfStep() draws every place of the first half, and the share of steps asked for", () => {
  const places = new Set<number>();
  let mixed = 0;
  for (let step = 0; step < 400; step++) {
    const mixing = mixingOfStep(step, { featureMixing: 0.5, seed: 1 });
    if (mixing === undefined) continue;
    mixed += 1;
    assert.ok(mixing.weight >= 0 && mixing.weight < 1);
    const marked = Array.from({ length: 8 }, (_, place) => {
      const input = {} as tf.Tensor4D;
      try {
        return mixing.maps(input, place, 8) === input ? -1 : place;
      } catch {
        // Reached only at the place that mixes: this input is not a tensor.
        return place;
      }
    });
    for (const place of marked) if (place >= 0) places.add(place);
  }
  assert.ok(Math.abs(mixed / 400 - 0.5) < 0.08, String(mixed));
  assert.deepEqual([...places].sort(), [0, 1, 2, 3]);
});

Deno.test("mixingOfStep() is the same for the same step, and nothing at a share of 0", () => {
  assert.equal(mixingOfStep(7, ALWAYS)!.weight, mixingOfStep(7, ALWAYS)!.weight);
  assert.notEqual(mixingOfStep(7, ALWAYS)!.weight, mixingOfStep(8, ALWAYS)!.weight);
  assert.equal(mixingOfStep(0, { featureMixing: 0, seed: 1 }), undefined);
});

Deno.test("lossAndGradients() divides the loss of mixed maps among both classes", () =>
  withBackend("wasm", async () => {
    const model = { ...defaultConfig().model, maxChannels: 16 };
    const classifier = createClassifier(model, { classes: 4, seed: 1 });
    const images = tf.randomNormal<tf.Rank.R4>([4, 16, 16, 3], 0, 1, "float32", 5);
    const labels = tf.tensor1d([0, 1, 2, 2], "int32");
    const batch = { images, labels, levels: classifier.levels.list[0]! };
    const found = async (weight: number, maps: FeatureMixing["maps"]) => {
      const mixing = { weight, maps };
      const { loss, correct, gradients } = lossAndGradients(classifier, batch, {
        recompute: false,
        mixing,
      });
      tf.dispose([correct, ...gradients.values()]);
      return { loss: (await take(loss))[0]!, gradients: gradients.size };
    };
    const kept: FeatureMixing["maps"] = (input) => input;
    const [own, other, both] = [
      await found(1, kept),
      await found(0, kept),
      await found(0.25, kept),
    ];
    assert.ok(Math.abs(own.loss - other.loss) > 1e-4);
    assert.ok(Math.abs(both.loss - (0.25 * own.loss + 0.75 * other.loss)) < 1e-5);
    // Maps that are really mixed give another loss, and every parameter still has its gradient.
    const mixed = await found(0.25, mixingOfStep(0, ALWAYS)!.maps);
    assert.ok(Math.abs(mixed.loss - both.loss) > 1e-6);
    assert.equal(mixed.gradients, own.gradients);
    tf.dispose([images, labels]);
    classifier.dispose();
  }));

Deno.test("mixingOfStep() draws weights of 0 to 1 evenly", () => {
  const weights = Array.from({ length: 400 }, (_, step) => mixingOfStep(step, ALWAYS)!.weight);
  const mean = weights.reduce((sum, weight) => sum + weight / 400, 0);
  assert.ok(Math.abs(mean - 0.5) < 0.06, `${mean}`);
  assert.ok(Math.min(...weights) < 0.05 && Math.max(...weights) > 0.95);
});
