import assert from "node:assert/strict";
import { join } from "node:path";
import { selectBackend } from "../../../lib/backends/select_backend.ts";
import { lockRunFolder } from "../../../lib/checkpoints/run_lock.ts";
import { DivergenceError } from "../../../lib/errors.ts";
import { type Attempt, claimAttempt, readAttempts } from "../../../lib/sweeps/attempts.ts";
import { runRowTask } from "../../../lib/sweeps/run_row_task.ts";
import type { SweepPlan } from "../../../lib/sweeps/sweep_plan.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import type { ExperimentConfig } from "../../../lib/configuration/experiment_config.ts";
import type { TrainingConfig } from "../../../lib/training/training_config.ts";
import type { TrainingEvent } from "../../../lib/training/training_event.ts";

/** A plan of one training of a moment, and the options of a task that works on it. */
async function taskOf(
  folder: string,
  training: Partial<TrainingConfig>,
  { saveEvery = 60, backend = "wasm" }: {
    readonly saveEvery?: number;
    readonly backend?: ExperimentConfig["backend"];
  } = {},
) {
  await selectBackend("wasm");
  const config = { ...tinyRunConfig({ data: { images: 20, testImages: 10 }, training }), backend };
  const plan: SweepPlan = {
    ...{ kind: "sweep-plan", version: 1, runs: "runs", saveEvery, retries: 0, tables: null },
    rows: [{ name: "row", settings: {}, config }],
  };
  const signal = new AbortController().signal;
  const common = { folder, plan, index: 0, host: "here", job: null, signal };
  return { ...common, provenance: TEST_PROVENANCE };
}

async function attemptsAt(folder: string): Promise<readonly Attempt[]> {
  return (await readAttempts(folder)).get(0)!;
}

const SHORT = { epochs: 1, stepsPerEpoch: 1, statisticsImages: 8 };

Deno.test("runRowTask() leaves a run to the process that trains it for another sweep, and goes on later", () =>
  withFolder(async (folder) => {
    const options = await taskOf(folder, SHORT);
    const task = () => runRowTask(options);
    const run = join(folder, "runs", "row");
    await Deno.mkdir(run, { recursive: true });
    const other = await lockRunFolder(run);
    assert.deepEqual(await task(), { kind: "taken", by: null });
    assert.deepEqual(await task(), { kind: "taken", by: null });
    other.release();
    assert.deepEqual(await task(), { kind: "done" });
    const attempts = await attemptsAt(folder);
    assert.deepEqual(attempts.map(({ state }) => state), ["saved", "saved", "done"]);
    // Of the process, in seconds.
    const { secondsToFirstStep } = attempts.at(-1)!;
    assert.ok(secondsToFirstStep! > 0 && secondsToFirstStep! < performance.now() / 1000);
  }));

Deno.test("runRowTask() gives a row up whose training diverged: another attempt would as well", () =>
  withFolder(async (folder) => {
    const training = { ...SHORT, epochs: 3, learningRate: 100, epsilon: 1e-30, beta2: 0 };
    const options = await taskOf(folder, training);
    await assert.rejects(runRowTask(options), DivergenceError);
    const [{ state, message }] = await attemptsAt(folder) as [Attempt];
    assert.deepEqual([state, message?.slice(0, 17)], ["failed-for-good", "Training diverged"]);
    assert.equal((await runRowTask(options)).kind, "given-up");
  }));

Deno.test("runRowTask() saves within an epoch as often as the plan says", () =>
  withFolder(async (folder) => {
    const checkpointsOf = async (name: string, saveEvery: number) => {
      let count = 0;
      const training = { ...SHORT, stepsPerEpoch: 3, batchSize: 4 };
      const options = await taskOf(join(folder, name), training, { saveEvery });
      const report = ({ kind }: TrainingEvent) => void (count += kind === "checkpoint" ? 1 : 0);
      await runRowTask({ ...options, report });
      return count;
    };
    assert.ok(await checkpointsOf("often", 1e-6) > await checkpointsOf("seldom", 1e6));
  }));

Deno.test("runRowTask() goes on with another device where the plan names the backend", () =>
  withFolder(async (folder) => {
    const versions = { ...TEST_PROVENANCE.versions, backend: "another device" };
    const provenance = { ...TEST_PROVENANCE, versions };
    for (const backend of ["auto", "wasm"] as const) {
      const place = join(folder, backend);
      const options = await taskOf(place, { ...SHORT, epochs: 2 }, { backend });
      const stop = new AbortController();
      const report = ({ kind }: TrainingEvent) => kind === "epoch" && stop.abort();
      const first = await runRowTask({ ...options, signal: stop.signal, report });
      assert.deepEqual(first, { kind: "saved" });
      const second = runRowTask({ ...options, provenance });
      if (backend === "auto") await assert.rejects(second, /another device now/);
      else assert.deepEqual(await second, { kind: "done" });
    }
  }));

Deno.test("runRowTask() stops, and writes nothing more, where another attempt has begun", () =>
  withFolder(async (folder) => {
    const options = await taskOf(folder, { ...SHORT, epochs: 200 });
    let later: Promise<boolean> | undefined;
    const end = await runRowTask({
      ...options,
      report: ({ kind }) => {
        if (kind !== "phase" || later !== undefined) return;
        const at = new Date(0).toISOString();
        later = claimAttempt(folder, 0, {
          ...{ number: 2, state: "running", host: "there", process: 1, job: null, message: null },
          ...{ startedAt: at, seenAt: at, secondsToFirstStep: null },
        });
      },
    });
    assert.ok(await later);
    assert.deepEqual(end, { kind: "saved" });
    const attempts = await attemptsAt(folder);
    assert.deepEqual(attempts.map(({ state, host }) => [state, host]), [
      ["running", "here"],
      ["running", "there"],
    ]);
  }));
