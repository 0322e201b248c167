import assert from "node:assert/strict";
import { runComparison } from "../../../lib/paper/run_comparison.ts";
import { readRunConfig } from "../../../lib/runs/run_config_file.ts";
import { smallComparison } from "../../helpers/small_comparison.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import type { TrainingEvent } from "../../../lib/training/training_event.ts";

Deno.test("completeRun() goes on with a run whose rule for depth was fitted to its images", () =>
  withFolder(async (folder) => {
    const overrides = [
      { path: "training.epochs", value: 2 },
      { path: "training.fitDepths", value: true },
      // All images would have the most layers.
      { path: "model.stepsPerBit", value: 5 },
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
    assert.notEqual((await readRunConfig(run!.runDirectory)).model.stepsPerBit, 5);
    assert.equal(phases[0], "resuming after epoch 1 of 2");
    assert.equal(run!.state, "finished");
  }));
