import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { ParameterSet } from "../../../lib/tensors/parameter_set.ts";
import { WeightAverage } from "../../../lib/training/weight_average.ts";
import { decodeCheckpoint } from "../../../lib/training/decode_checkpoint.ts";
import { encodeCheckpoint, restoreTrainer } from "../../../lib/training/training_checkpoint.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { NO_HOOKS, TINY_CARD, tinyTrainer } from "../../helpers/tiny_training.ts";
import { evaluate } from "../../../lib/evaluation/evaluate.ts";

/** One parameter of two numbers. */
function makeSet(values: readonly number[]): ParameterSet {
  const set = new ParameterSet();
  set.add("a", { shape: [2], values: Float32Array.from(values) });
  return set;
}

function set(parameters: ParameterSet, values: readonly number[]): void {
  parameters.write(new Map([["a", { shape: [2], values: Float32Array.from(values) }]]));
}

async function valuesOf(parameters: ParameterSet): Promise<number[]> {
  return [...(await parameters.read()).get("a")!.values];
}

Deno.test("WeightAverage follows its recurrence, with a decay that rises to what was asked for", () =>
  withBackend("cpu", async () => {
    const parameters = makeSet([0, 1]);
    const average = new WeightAverage(parameters, 0.25);
    let expected = [0, 1];
    for (const [step, values] of [[4, 2], [-1, 3], [8, -5]].entries()) {
      set(parameters, values);
      average.update(step);
      const decay = [0.1, 2 / 11, 0.25][step]!;
      expected = expected.map((old, at) => decay * old + (1 - decay) * values[at]!);
    }
    const found = [...(await average.read()).get("a")!.values];
    for (const [at, value] of found.entries()) assert.ok(Math.abs(value - expected[at]!) < 1e-6);
    assert.deepEqual(await valuesOf(parameters), [8, -5]);
    average.dispose();
    parameters.dispose();
  }));

Deno.test("WeightAverage lends the average, nested too, and gives the weights back after an error", () =>
  withBackend("cpu", async () => {
    const live = tf.memory().numTensors;
    const parameters = makeSet([0, 0]);
    const average = new WeightAverage(parameters, 0.5);
    set(parameters, [2, 4]);
    assert.deepEqual(await average.use(() => average.use(() => valuesOf(parameters))), [0, 0]);
    assert.deepEqual(await valuesOf(parameters), [2, 4]);
    const failing = average.use(() => Promise.reject(new Error("no")));
    await assert.rejects(failing, /no/);
    assert.deepEqual(await valuesOf(parameters), [2, 4]);
    assert.throws(() => average.write(new Map()), /"a" is missing/);
    assert.deepEqual(await valuesOf(parameters), [2, 4]);
    average.dispose();
    parameters.dispose();
    assert.equal(tf.memory().numTensors, live);
  }));

for (const backend of await testBackends()) {
  Deno.test(`Trainer saves the average of the weights, and what it validates is that (${backend})`, () =>
    withBackend(backend, async () => {
      const { trainer, classifier, data, dispose } = await tinyTrainer({
        training: { epochs: 1, weightAveraging: 0.9 },
      });
      const losses: (number | null)[] = [];
      await trainer.run({
        ...NO_HOOKS,
        log: (record) => Promise.resolve(void losses.push(record.validationLoss)),
      });
      const files = await encodeCheckpoint(trainer, TINY_CARD);
      const checkpoint = decodeCheckpoint(files, "test");
      const weights = await classifier.parameters.read();
      assert.notDeepEqual(checkpoint.parameters, weights);
      assert.deepEqual(checkpoint.optimizer!.weights, weights);
      const plain = await tinyTrainer({ training: { epochs: 1 } });
      await plain.trainer.run(NO_HOOKS);
      assert.deepEqual(await plain.classifier.parameters.read(), weights, "training is the same");
      plain.classifier.parameters.write(checkpoint.parameters);
      const report = await evaluate(
        {
          classifier: plain.classifier,
          statistics: checkpoint.statistics!,
          standardization: data.standardization,
          measure: data.measure,
        },
        data.validation,
        { batchSize: 256, exact: false },
      );
      assert.deepEqual([report.loss], losses);
      plain.dispose();
      dispose();
    }));

  Deno.test(`Trainer takes up a training with another averaging than before (${backend})`, () =>
    withBackend(backend, async () => {
      const first = await tinyTrainer({ training: { epochs: 1 } });
      await first.trainer.run(NO_HOOKS);
      const plain = decodeCheckpoint(await encodeCheckpoint(first.trainer, TINY_CARD), "test");
      assert.equal(plain.optimizer!.weights, null);
      const second = await tinyTrainer({ training: { epochs: 2, weightAveraging: 0.9 } });
      restoreTrainer(second.trainer, plain);
      assert.deepEqual(await second.trainer.average!.read(), plain.parameters);
      await second.trainer.run(NO_HOOKS);
      const averaged = decodeCheckpoint(await encodeCheckpoint(second.trainer, TINY_CARD), "test");
      const third = await tinyTrainer({ training: { epochs: 2 } });
      restoreTrainer(third.trainer, averaged);
      assert.deepEqual(await third.classifier.parameters.read(), averaged.optimizer!.weights);
      for (const { dispose } of [first, second, third]) dispose();
    }));
}
