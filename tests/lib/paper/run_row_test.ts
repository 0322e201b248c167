import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { runComparison } from "../../../lib/paper/run_comparison.ts";
import { readRunConfig } from "../../../lib/runs/run_config_file.ts";
import { runEvaluation } from "../../../lib/runs/run_evaluation.ts";
import { openMetricsLog, readMetricsLog } from "../../../lib/training/metrics_log.ts";
import { smallComparison } from "../../helpers/small_comparison.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import type { ConfigOverride } from "../../../lib/configuration/config_words.ts";
import type { TrainingEvent } from "../../../lib/training/training_event.ts";

Deno.test("completeRun() goes on with a run whose rule for depth was fitted to its images", () =>
  withFolder(async (folder) => {
    const overrides = [
      { path: "training.epochs", value: 2 },
      { path: "training.fitDepths", value: true },
      // All images would have the fewest layers.
      { path: "model.minSteps", value: 14 },
      { path: "model.maxSteps", value: 16 },
    ];
    const controller = new AbortController();
    const training = (event: TrainingEvent) => event.kind === "epoch" && controller.abort();
    const stopped = { overrides, signal: controller.signal, watcher: { training } };
    await runComparison(await smallComparison(folder, stopped));
    const phases: string[] = [];
    const watcher = { phase: (text: string) => phases.push(text) };
    const { comparison } = await runComparison(
      await smallComparison(folder, { overrides, watcher }),
    );
    const [run] = comparison.rows[0]!.runs;
    assert.notEqual((await readRunConfig(run!.runDirectory)).model.stepsPerBit, 0.8);
    assert.equal(phases[0], "resuming after epoch 1 of 2");
    assert.equal(run!.state, "finished");
  }));

Deno.test("completeRun() goes on on another backend where one is named, and says how where none is", () =>
  withFolder(async (folder) => {
    const epochs = [{ path: "training.epochs", value: 2 }];
    const controller = new AbortController();
    const training = (event: TrainingEvent) => event.kind === "epoch" && controller.abort();
    const stopped = { overrides: epochs, signal: controller.signal, watcher: { training } };
    const { comparison } = await runComparison(await smallComparison(folder, stopped));
    assert.equal(comparison.rows.length, 0, "it was stopped");
    const elsewhere = async (overrides: readonly ConfigOverride[]) => {
      const options = await smallComparison(folder, { overrides });
      const versions = { ...options.provenance.versions, backend: "another device" };
      return await runComparison({ ...options, provenance: { ...options.provenance, versions } });
    };
    await assert.rejects(
      elsewhere(epochs),
      /another device now; .*"train --resume .* --backend \w+"/,
    );
    const backend = tf.getBackend();
    const named = await elsewhere([...epochs, { path: "backend", value: backend }]);
    const [run] = named.comparison.rows[0]!.runs;
    assert.deepEqual([run!.state, run!.trainedOn!.backend], ["finished", "another device"]);
  }));

Deno.test("completeRun() gives the figures of the evaluation, and what the last epoch's training reached", () =>
  withFolder(async (folder) => {
    const overrides = [{ path: "training.epochs", value: 2 }];
    const rowOf = async () => {
      const { comparison } = await runComparison(await smallComparison(folder, { overrides }));
      return comparison.rows[0]!.runs[0]!;
    };
    const { runDirectory, figures: before } = await rowOf();
    const records = await readMetricsLog(runDirectory);
    const anew = await openMetricsLog(runDirectory, { resumeAfterEpoch: 0 });
    for (const [at, record] of records.entries()) {
      await anew.append({ ...record, trainTop1: [0.25, 0.75][at]!, validationTop1: 0 });
    }
    const { figures } = await rowOf();
    assert.equal(figures!.trainTop1, 0.75);
    assert.notEqual(before!.validationTop1, 0);
    assert.equal(figures!.validationTop1, before!.validationTop1, "of the checkpoint");
    const evaluation = { checkpoint: "auto", part: "test", batchSize: 64, exact: false } as const;
    const found = (await runEvaluation({ ...evaluation, runDirectory })).figures;
    assert.notEqual(found.top1, found.top5);
    assert.deepEqual([figures!.top1, figures!.top5], [found.top1, found.top5]);
  }));
