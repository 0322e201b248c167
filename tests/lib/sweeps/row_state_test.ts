import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { completeConfig } from "../../../lib/configuration/experiment_config.ts";
import {
  type Attempt,
  claimAttempt,
  isOvertaken,
  listStarters,
  readAttempts,
  rowLockOf,
  STALE_SECONDS,
  starterLockOf,
} from "../../../lib/sweeps/attempts.ts";
import { findSharingProblem } from "../../../lib/sweeps/check_sharing.ts";
import { lockFile } from "../../../lib/sweeps/process_lock.ts";
import { readRowStates, type StateConditions } from "../../../lib/sweeps/row_state.ts";
import { selectBackend } from "../../../lib/backends/select_backend.ts";
import { exportRun } from "../../../lib/runs/export_run.ts";
import { readRunConfig } from "../../../lib/runs/run_config_file.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { resetRows } from "../../../lib/sweeps/run_row_task.ts";
import type { SweepPlan } from "../../../lib/sweeps/sweep_plan.ts";
import { repositoryRoot } from "../../helpers/run_command.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";
import { openMetricsLog } from "../../../lib/training/metrics_log.ts";
import { emptySums, initialProgress, recordOf } from "../../../lib/training/training_progress.ts";
import { TINY_CARD } from "../../helpers/tiny_training.ts";
import { withFolder } from "../../helpers/with_folder.ts";

const NOW = Date.parse("2026-01-01T12:00:00.000Z");
const CONDITIONS: StateConditions = { host: "here", now: NOW };

const PLAN: SweepPlan = {
  ...{ kind: "sweep-plan", version: 1, runs: "runs", saveEvery: 60, retries: 1, tables: null },
  rows: [{ name: "row", settings: {}, config: completeConfig({}) }],
};

function attempt(number: number, change: Partial<Attempt> = {}): Attempt {
  const at = new Date(NOW).toISOString();
  return {
    ...{
      number,
      state: "running",
      host: "there",
      process: 7,
      job: null,
      startedAt: at,
      seenAt: at,
    },
    ...{ secondsToFirstStep: null, message: null },
    ...change,
  };
}

async function stateOf(
  folder: string,
  attempts: readonly Attempt[],
  conditions: StateConditions = CONDITIONS,
  plan: SweepPlan = PLAN,
) {
  await Deno.remove(join(folder, "attempts"), { recursive: true }).catch(() => {});
  for (const each of attempts) assert.ok(await claimAttempt(folder, 0, each));
  const [row] = await readRowStates(folder, plan, conditions);
  return row!;
}

Deno.test("readRowStates() tells from records and signs of life what became of a row", () =>
  withFolder(async (folder) => {
    const old = new Date(NOW - 1000 * (STALE_SECONDS + 1)).toISOString();
    const lost = attempt(1, { seenAt: old });
    const cases: [Attempt[], string][] = [
      [[], "waiting"],
      [[attempt(1)], "running"],
      [[lost], "lost"],
      // Lost once more than it may be tried again.
      [[lost, attempt(2, { seenAt: old })], "failed"],
      [[attempt(1, { state: "failed", message: "disk" })], "waiting"],
      [[lost, attempt(2, { state: "failed", message: "disk" })], "failed"],
      [[attempt(1, { state: "failed-for-good", message: "diverged" })], "failed"],
      // A signal is no failure, however often it comes.
      [[1, 2, 3, 4].map((number) => attempt(number, { state: "saved" })), "waiting"],
      [[lost, attempt(2, { seenAt: old }), attempt(3, { state: "reset" })], "waiting"],
    ];
    for (const [attempts, expected] of cases) {
      assert.equal((await stateOf(folder, attempts)).state, expected, JSON.stringify(attempts));
    }
    const failed = await stateOf(folder, [
      attempt(1, { state: "failed-for-good", message: "bad data" }),
    ]);
    assert.equal(failed.message, "bad data");
    const twice = ["disk", "memory"].map((message, at) =>
      attempt(at + 1, { state: "failed", message })
    );
    assert.equal((await stateOf(folder, twice)).message, "memory", "the last word counts");
    // What a signal has ended was not killed.
    const saved = attempt(1, { state: "saved" });
    const [second, third] = [2, 3].map((number) => attempt(number, { seenAt: old }));
    const silent = await stateOf(folder, [saved, second!, third!]);
    assert.match(silent.message!, /killed without a word, 2 times/);
  }));

Deno.test("readRowStates() believes the lock on its own machine, and the batch system about its jobs", () =>
  withFolder(async (folder) => {
    const here = attempt(1, { host: "here" });
    assert.equal((await stateOf(folder, [here])).state, "lost");
    await stateOf(folder, [here]);
    using lock = await Deno.open(rowLockOf(folder, 0), { read: true, write: true, create: true });
    await lock.lock(true);
    assert.equal((await readRowStates(folder, PLAN, CONDITIONS))[0]!.state, "running");
    const job = attempt(1, { job: "7_3" });
    const asked = (isRunning: boolean) => ({ ...CONDITIONS, isJobRunning: () => isRunning });
    assert.equal((await stateOf(folder, [job], asked(true))).state, "running");
    assert.equal((await stateOf(folder, [job], asked(false))).state, "lost");
  }));

Deno.test("readRowStates() says of a damaged run folder what is wrong, and tells the other rows", () =>
  withFolder(async (folder) => {
    const rows = ["broken", "whole"].map((name) => ({ ...PLAN.rows[0]!, name }));
    const broken = join(folder, "runs", "broken");
    await Deno.mkdir(broken, { recursive: true });
    await Deno.writeTextFile(join(broken, "config.yaml"), "model: [");
    const states = await readRowStates(folder, { ...PLAN, rows }, CONDITIONS);
    assert.deepEqual(states.map(({ state }) => state), ["failed", "waiting"]);
    assert.match(states[0]!.message!, /Cannot read .*broken\/config\.yaml/);
  }));

Deno.test("only one process makes an attempt, and the one before it notices", () =>
  withFolder(async (folder) => {
    const claims = await Promise.all([1, 2, 3, 4].map(() => claimAttempt(folder, 0, attempt(1))));
    assert.equal(claims.filter(Boolean).length, 1);
    assert.equal(await isOvertaken(folder, 0, 1), false);
    assert.ok(await claimAttempt(folder, 0, attempt(2)));
    assert.equal(await isOvertaken(folder, 0, 1), true);
    // In their order, whatever that of the folder.
    const later = [12, 11, 10, 9, 8, 7, 6, 5, 4, 3];
    for (const number of later) assert.ok(await claimAttempt(folder, 0, attempt(number)));
    const numbers = (await readAttempts(folder)).get(0)!.map(({ number }) => number);
    assert.deepEqual(numbers, [1, 2, ...later.toReversed()]);
  }));

Deno.test("readRowStates() takes a record that its task was killed before writing for a lost attempt", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "attempts"));
    await Deno.writeTextFile(join(folder, "attempts", "0.1.json"), "");
    assert.equal((await readRowStates(folder, PLAN, CONDITIONS))[0]!.state, "lost");
  }));

Deno.test("resetRows() lets failed rows be tried again and no others", () =>
  withFolder(async (folder) => {
    const failed = await stateOf(folder, [attempt(1, { state: "failed-for-good", message: "x" })]);
    assert.deepEqual(await resetRows(folder, [failed], "here"), [0]);
    assert.equal((await readRowStates(folder, PLAN, CONDITIONS))[0]!.state, "waiting");
    const running = await stateOf(folder, [attempt(1)]);
    assert.deepEqual(await resetRows(folder, [running], "here"), []);
  }));

Deno.test("findSharingProblem() is content with a file system that locks, and leaves nothing", () =>
  withFolder(async (folder) => {
    assert.equal(await findSharingProblem(folder), null);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));

Deno.test("readRowStates() takes an exported model for done, at whatever epoch it was the best", () =>
  withFolder(async (folder) => {
    await selectBackend("wasm");
    const run = join(folder, "trained");
    const tiny = tinyRunConfig({
      data: { images: 20, testImages: 10 },
      training: { epochs: 3, stepsPerEpoch: 1, statisticsImages: 8 },
    });
    const options = { runDirectory: run, resume: false, provenance: TEST_PROVENANCE };
    await runTraining(tiny, options);
    const longer = { ...tiny, training: { ...tiny.training, epochs: 9 } };
    const plan = { ...PLAN, rows: [{ ...PLAN.rows[0]!, config: longer }] };
    const file = join(run, "config.yaml");
    const config = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, config.replace("epochs: 3 ", "epochs: 9 "));
    const place = join(folder, "runs", "row");
    await Deno.mkdir(join(folder, "runs"));
    await Deno.symlink(run, place);
    assert.equal((await stateOf(folder, [], CONDITIONS, plan)).state, "waiting");
    await Deno.remove(place);
    await exportRun({ runDirectory: run, checkpoint: "auto", directory: place });
    assert.equal((await stateOf(folder, [], CONDITIONS, plan)).state, "done");
  }));

Deno.test("readRowStates() takes a run for done whose figures were kept and whose weights were not", () =>
  withFolder(async (folder) => {
    const results = join(repositoryRoot, "results", "tables");
    const name = "alexnet-full";
    const config = await readRunConfig(join(results, name));
    const rows = [{ name, settings: {}, config }];
    const plan = { ...PLAN, runs: relative(folder, results), rows };
    const { state, epochs, plannedEpochs } = await stateOf(folder, [], CONDITIONS, plan);
    assert.deepEqual([state, epochs], ["done", plannedEpochs]);
  }));

Deno.test("readRowStates() takes no run for a row's that was continued for longer than the row says", () =>
  withFolder(async (folder) => {
    await selectBackend("wasm");
    const place = join(folder, "runs", "row");
    const config = tinyRunConfig({
      data: { images: 20, testImages: 10 },
      training: { epochs: 1, stepsPerEpoch: 1, statisticsImages: 8 },
    });
    const plan = { ...PLAN, rows: [{ ...PLAN.rows[0]!, config }] };
    const options = { runDirectory: place, provenance: TEST_PROVENANCE };
    await runTraining(config, { ...options, resume: false });
    assert.equal((await stateOf(folder, [], CONDITIONS, plan)).state, "done");
    const longer = { ...config, training: { ...config.training, epochs: 2 } };
    await runTraining(longer, { ...options, resume: true });
    const { state, validationTop1, message } = await stateOf(folder, [], CONDITIONS, plan);
    assert.deepEqual([state, validationTop1], ["failed", null]);
    assert.match(
      message!,
      /row 0 of the plan \(training\.epochs is 2 instead of 1\); move it away/,
    );
  }));

Deno.test("readRowStates() lets a row wait that was saved, whatever was lost before; and resetRows() takes lost ones", () =>
  withFolder(async (folder) => {
    const failed = [1, 2].map((number) => attempt(number, { state: "failed", message: "disk" }));
    const { state } = await stateOf(folder, [...failed, attempt(3, { state: "saved" })]);
    assert.equal(state, "waiting");
    const old = new Date(NOW - 1000 * (STALE_SECONDS + 1)).toISOString();
    const lost = await stateOf(folder, [attempt(1, { seenAt: old })]);
    assert.equal(lost.state, "lost");
    assert.deepEqual(await resetRows(folder, [lost], "here"), [0]);
  }));

Deno.test("readRowStates() tells the time left from the last five epochs and those that are to come", () =>
  withFolder(async (folder) => {
    const run = join(folder, "runs", "row");
    const checkpoint = join(run, "checkpoints", "step-00000007");
    await Deno.mkdir(checkpoint, { recursive: true });
    const progress = { ...initialProgress(), step: 7, epoch: 7 };
    const content = { formatVersion: 1, card: TINY_CARD, progress, updates: {}, calibration: {} };
    await Deno.writeTextFile(join(checkpoint, "checkpoint.json"), JSON.stringify(content));
    await Deno.writeTextFile(join(run, "checkpoints", "last"), "step-00000007\n");
    await Deno.writeTextFile(join(run, "config.yaml"), "training: { epochs: 10 }\n");
    const log = await openMetricsLog(run, { resumeAfterEpoch: 0 });
    for (let epoch = 1; epoch <= 7; epoch++) {
      const figures = { learningRate: 1e-3, seconds: epoch < 3 ? 10 : 2, liveTensors: 1 };
      const sums = { ...emptySums(), steps: 1, images: 1, seconds: 1 };
      const before = { ...progress, step: epoch, epoch: epoch - 1, sums };
      await log.append(recordOf(before, null, figures));
    }
    const config = completeConfig({ training: { epochs: 10 } });
    const plan = { ...PLAN, rows: [{ ...PLAN.rows[0]!, config }] };
    const [row] = await readRowStates(folder, plan, CONDITIONS);
    assert.deepEqual([row!.epochs, row!.seconds, row!.secondsLeft], [7, 30, 6]);
  }));

Deno.test("listStarters() takes no other machine for this one, whose name its own begins with", () =>
  withFolder(async (folder) => {
    for (const host of ["gpu", "gpu-1"]) {
      using _lock = await lockFile(starterLockOf(folder, host, 4242));
    }
    const lock = starterLockOf(folder, "gpu", 4242);
    assert.deepEqual(await listStarters(folder, "gpu"), [{ lock, process: 4242 }]);
  }));
