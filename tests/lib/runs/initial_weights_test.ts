import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { CheckpointError } from "../../../lib/errors.ts";
import { createClassifier } from "../../../lib/models/create_classifier.ts";
import {
  describeTaken,
  readInitialWeights,
  takeWeights,
} from "../../../lib/runs/initial_weights.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { withBackend } from "../../helpers/backends.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import type { InitialWeights } from "../../../lib/runs/run_types.ts";
import { TINY_MODEL } from "../../helpers/tiny_training.ts";

async function weightsOf(seed: number, classNames: readonly string[]) {
  const classifier = createClassifier(TINY_MODEL, { classes: classNames.length, seed });
  const parameters = await classifier.parameters.read();
  classifier.dispose();
  return { source: "runs/old/checkpoints/step-1", classNames, parameters };
}

Deno.test("takeWeights() takes everything where model and classes are the same", () =>
  withBackend("cpu", async () => {
    const weights = await weightsOf(1, ["a", "b"]);
    const classifier = createClassifier(TINY_MODEL, { classes: 2, seed: 2 });
    const { taken, left } = await takeWeights(classifier, weights, ["a", "b"]);
    assert.deepEqual([taken.length, left.length], [weights.parameters.size, 0]);
    assert.deepEqual(await classifier.parameters.read(), weights.parameters);
    classifier.dispose();
  }));

Deno.test("takeWeights() makes a new head for other classes, also where they are as many", () =>
  withBackend("cpu", async () => {
    const weights = await weightsOf(1, ["a", "b"]);
    for (
      const [classNames, reason] of [[["c", "d"], "other classes"], [
        ["a", "b", "c"],
        "there, ",
      ]] as const
    ) {
      const classifier = createClassifier(TINY_MODEL, { classes: classNames.length, seed: 2 });
      const before = await classifier.parameters.read();
      const result = await takeWeights(classifier, weights, classNames);
      assert.deepEqual(result.left.map(({ name }) => name).sort(), ["head.bias", "head.weights"]);
      assert.ok(result.left.every((entry) => entry.reason.includes(reason)));
      const after = await classifier.parameters.read();
      for (const [name, values] of after) {
        const expected = name.startsWith("head.") ? before : weights.parameters;
        assert.deepEqual(values, expected.get(name), name);
      }
      assert.match(
        describeTaken(weights, result),
        /^weights: \d+ of \d+ parameters from runs\/old.*; new: head\./,
      );
      classifier.dispose();
    }
  }));

Deno.test("takeWeights() refuses a model of which nothing fits, with the first reason", () =>
  withBackend("cpu", async () => {
    const weights = await weightsOf(1, ["a", "b"]);
    const model = { ...TINY_MODEL, maxChannels: TINY_MODEL.maxChannels * 2, kernelSize: 5 };
    const classifier = createClassifier(model, { classes: 3, seed: 2 });
    await assert.rejects(
      takeWeights(classifier, weights, ["a", "b", "c"]),
      (error) =>
        error instanceof CheckpointError &&
        /none of its \d+ parameters fits the model \(puppeteer/.test(error.message),
    );
    classifier.dispose();
  }));

Deno.test("a training with other weights fits its head first, and only where the head alone is new", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const config = tinyRunConfig({ training: { epochs: 2 } });
      const first = `${folder}/first`;
      const options = { resume: false, provenance: TEST_PROVENANCE };
      await runTraining(config, { ...options, runDirectory: first });
      const { classNames, ...weights } = await readInitialWeights(first);
      const others = classNames.map((name) => `other ${name}`);
      const begin = async (name: string, from: InitialWeights) => {
        const said: string[] = [];
        const training = { ...config.training, epochs: 1, stepsPerEpoch: 1, learningRate: 1e-6 };
        const { best } = await runTraining(
          { ...config, training },
          {
            ...{ ...options, runDirectory: `${folder}/${name}`, weights: from },
            report: (event) => event.kind === "phase" && said.push(event.text),
          },
        );
        return { head: said.find((text) => text.startsWith("head: ")), top1: best!.validationTop1 };
      };
      const same = await begin("same", { ...weights, classNames });
      assert.equal(same.head, undefined);
      // A step of this size changes nothing: what is reached is the fit's.
      const fitted = await begin("fitted", { ...weights, classNames: others });
      assert.match(fitted.head!, /^head: fitted to 96 training images, \d+ % of them right$/);
      assert.ok(fitted.top1 >= same.top1 - 0.1, `${fitted.top1} ${same.top1}`);
      const parameters = new Map(weights.parameters);
      parameters.delete([...parameters.keys()].find((name) => name.startsWith("norms."))!);
      const parts = await begin("parts", { ...weights, parameters, classNames: others });
      assert.equal(parts.head, undefined);
    })));

Deno.test("a training with other weights that ended before its first checkpoint is not resumed without them", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const config = tinyRunConfig({ training: { epochs: 1 } });
      const options = { resume: false, provenance: TEST_PROVENANCE };
      await runTraining(config, { ...options, runDirectory: `${folder}/first` });
      const weights = await readInitialWeights(`${folder}/first`);
      const runDirectory = `${folder}/second`;
      await runTraining(config, { ...options, runDirectory, weights });
      const resumed = { ...options, runDirectory, resume: true };
      assert.equal((await runTraining(config, resumed)).stopReason, "finished");
      await Deno.remove(`${runDirectory}/checkpoints`, { recursive: true });
      for (const log of ["log.jsonl", "log.csv"]) await Deno.truncate(`${runDirectory}/${log}`);
      await assert.rejects(
        runTraining(config, resumed),
        (error) =>
          error instanceof CheckpointError && error.message.includes(weights.source) &&
          /ended before its first checkpoint/.test(error.message),
      );
      assert.equal(existsSync(`${runDirectory}/checkpoints`), false, "nothing was trained");
    })));
