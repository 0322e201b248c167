import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointError } from "../../../lib/errors.ts";
import { exportPage } from "../../../lib/runs/export_page.ts";
import { exportRun } from "../../../lib/runs/export_run.ts";
import { readInitialWeights } from "../../../lib/runs/initial_weights.ts";
import { loadModel } from "../../../lib/runs/load_model.ts";
import { readOrigin } from "../../../lib/runs/provenance_file.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { withBackend } from "../../helpers/backends.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import type { ExperimentConfig } from "../../../lib/configuration/experiment_config.ts";
import type { RunTrainingOptions } from "../../../lib/runs/run_types.ts";

const TINY = { data: { images: 80, testImages: 10 }, model: { maxChannels: 8 } };

/** Every step multiplies the weights by 1 - 100 * 100. */
const WILD = { learningRate: 100, weightDecay: 100, schedule: "constant" } as const;

function train(
  config: ExperimentConfig,
  runDirectory: string,
  changes: Partial<RunTrainingOptions> = {},
) {
  return runTraining(config, {
    ...{ runDirectory, resume: false, provenance: TEST_PROVENANCE },
    ...changes,
  });
}

function stopAfter(step: number): Pick<RunTrainingOptions, "signal" | "report"> {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    report: (event) => event.kind === "step" && event.step === step && controller.abort(),
  };
}

/** What loading a run says. */
async function remarksOn(runDirectory: string): Promise<string[]> {
  const told: string[] = [];
  using _model = await loadModel(runDirectory, { onWarning: (text) => told.push(text) });
  await readInitialWeights(runDirectory, (text) => told.push(text));
  assert.equal(new Set(told).size, Math.min(told.length, 1), "both say the same");
  return told;
}

/** Why a run cannot be exported, the same in both forms that need statistics. */
async function refusalOf(
  runDirectory: string,
  checkpoint: "auto" | "last" | "best",
): Promise<string> {
  const options = { runDirectory, directory: `${runDirectory}-export`, checkpoint, version: "0" };
  const [first, second] = await Promise.all([exportRun, exportPage].map(async (write) => {
    const error: unknown = await write(options).catch((error: unknown) => error);
    assert.ok(error instanceof CheckpointError);
    return error.message;
  }));
  assert.equal(first, second);
  return first!;
}

Deno.test("who opens a checkpoint from before the first step is told, and that the training diverged", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const run = join(folder, "run");
      const { stopReason, divergence } = await train(
        tinyRunConfig({ ...TINY, training: WILD }),
        run,
      );
      assert.equal(stopReason, "diverged");
      const step = divergence!.step;
      assert.ok(step >= 1);
      const [remark, ...others] = await remarksOn(run);
      assert.equal(others.length, 1);
      assert.match(
        remark!,
        /run is not trained: checkpoint step-0{8} is from before the first step/,
      );
      assert.match(remark!, /its weights are the initial ones; training diverged at step \d+ \(/);
      assert.match(remark!, /smaller training\.learningRate \(--learning-rate\)/);
      const { diverged } = await readOrigin(run);
      assert.deepEqual(diverged, { reason: divergence!.reason, step, learningRate: 100 });
      const refusal = await refusalOf(run, "auto");
      assert.match(
        refusal,
        /step-0{8} has no batch-norm statistics, since training diverged at step/,
      );
      assert.doesNotMatch(refusal, /best|interrupted|continue/);
      assert.match(await refusalOf(run, "best"), /there is no best checkpoint .*take the last one/);
      // What went on and ended well has not diverged.
      const going = join(folder, "going");
      await train(tinyRunConfig({ ...TINY, training: { epochs: 1 } }), going);
      assert.deepEqual(await remarksOn(going), []);
      assert.equal((await readOrigin(going)).diverged, null);
    })));

Deno.test("a run that was stopped before its first step, or within an epoch, says so and what there is", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const config = tinyRunConfig({ ...TINY, training: { epochs: 2 } });
      const unstarted = join(folder, "unstarted");
      await train(config, unstarted, { signal: AbortSignal.abort() });
      const [remark] = await remarksOn(unstarted);
      assert.match(remark!, /is not trained: .*the initial ones; continue the run/);
      assert.match(
        await refusalOf(unstarted, "auto"),
        /since it is from before the first step; continue the run to the end of an epoch with a validation$/,
      );
      const begun = join(folder, "begun");
      await train(config, begun, stopAfter(1));
      assert.deepEqual(await remarksOn(begun), []);
      assert.match(
        await refusalOf(begun, "auto"),
        /since it was saved within an epoch; continue the run to the end of an epoch with a validation$/,
      );
      const second = join(folder, "second");
      const { steps } = await train(config, second, stopAfter(5));
      assert.equal(steps, 5, "within the second epoch of four steps");
      assert.match(
        await refusalOf(second, "last"),
        /since it was saved within an epoch; .*, or take checkpoint "best" \(--checkpoint best\)$/,
      );
      const exported = join(folder, "exported");
      const options = { runDirectory: second, directory: exported, checkpoint: "auto" } as const;
      assert.equal((await exportRun(options)).checkpoint, "step-00000004");
      const source = await readInitialWeights(second);
      const tuned = join(folder, "tuned");
      await train(config, tuned, { signal: AbortSignal.abort(), weights: source });
      assert.match(
        (await remarksOn(tuned))[0]!,
        /its weights are those it began with, of .*second/,
      );
    })));
