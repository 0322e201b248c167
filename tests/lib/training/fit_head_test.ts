import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { evaluate } from "../../../lib/evaluation/evaluate.ts";
import { fitHead } from "../../../lib/training/fit_head.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { failInForward } from "../../helpers/failing_forward.ts";
import { tinyTrainer } from "../../helpers/tiny_training.ts";
import type { ModelConfig } from "../../../lib/models/model_config.ts";

/** Kinds of networks whose heads are fitted. */
const KINDS: Readonly<Record<string, Partial<ModelConfig>>> = {
  plain: {},
  exact: { exact: true },
  "mirror pairs": { mirrorSymmetry: true, maxChannels: 16 },
};

const CASES = (await testBackends()).flatMap((backend) =>
  Object.entries(KINDS).map(([kind, model]) => ({ backend, kind, model }))
);

for (const { backend, kind, model } of CASES) {
  Deno.test(`fitHead() reaches on the images what the network then does, and leaves the rest (${kind}, ${backend})`, () =>
    withBackend(backend, async () => {
      const { exact = false } = model;
      const { trainer, classifier, data, dispose } = await tinyTrainer({ model });
      const statistics = await trainer.computeStatistics();
      const figures = async () => {
        const { standardization, measure, train } = data;
        const trained = { classifier, statistics, standardization, measure };
        return await evaluate(trained, train, { batchSize: 16, exact });
      };
      const before = await classifier.parameters.read();
      const { loss: guessing } = await figures();
      const live = tf.memory().numTensors;
      const told: number[] = [];
      const fit = await fitHead(classifier, {
        ...{ data, statistics, exact },
        report: (done, total) => told.push(done / total),
      });
      assert.equal(tf.memory().numTensors, live, "no tensor is left");
      assert.equal(told.at(-1), 1);
      assert.equal(fit.images, data.train.length);
      const { loss, top1 } = await figures();
      // The figures come by another way: kernels of the bank, and the head as it was written.
      assert.ok(Math.abs(top1 - fit.accuracy) <= 1 / data.train.length, `${top1} ${fit.accuracy}`);
      assert.ok(loss < guessing - 0.05, `${loss} from ${guessing}`);
      for (const [name, values] of await classifier.parameters.read()) {
        if (!name.startsWith("head.")) assert.deepEqual(values, before.get(name), name);
      }
      dispose();
    }));
}

Deno.test("fitHead() leaves no tensor behind where a pass fails", () =>
  withBackend("cpu", async () => {
    const { trainer, classifier, data, dispose } = await tinyTrainer();
    const statistics = await trainer.computeStatistics();
    const live = tf.memory().numTensors;
    failInForward(classifier);
    await assert.rejects(fitHead(classifier, { data, statistics, exact: false }), /out of memory/);
    assert.equal(tf.memory().numTensors, live);
    dispose();
  }));
