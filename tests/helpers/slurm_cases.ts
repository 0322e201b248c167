import assert from "node:assert/strict";
import { join } from "node:path";
import { describeFile } from "../../lib/checkpoints/checkpoint_manifest.ts";
import { type CommandResult, runCommand } from "./run_command.ts";
import { type SlurmCluster, startSlurm, until } from "./slurm_cluster.ts";
import { TINY_COMMAND, withCommandFolders } from "./tiny_command.ts";

/** A sweep on a cluster. */
export interface Bench {
  readonly cluster: SlurmCluster;
  /** Configuration that the sweeps start from. */
  readonly base: string;
  readonly folder: string;
  readonly sweep: (...argv: string[]) => Promise<CommandResult>;
}

interface Row {
  readonly state: string;
  readonly epochs: number;
  readonly remark: string;
  readonly run: string;
  readonly attempts: readonly { readonly state: string; readonly process: number }[];
}

/** Starts a cluster, and gives it with a configuration of trainings of seconds. */
export async function withBench(body: (bench: Bench) => Promise<void>): Promise<void> {
  await withCommandFolders(async (data, run) => {
    const folder = join(run, "..");
    const root = join(folder, "slurm");
    await Deno.mkdir(root);
    await using cluster = await startSlurm(root);
    const base = join(folder, "base.yaml");
    const printed = await runCommand(["train", "--print-config", "--data", data, ...TINY_COMMAND]);
    await Deno.writeTextFile(base, printed.stdout);
    const sweep = (...argv: string[]) =>
      runCommand(["sweep", ...argv], { env: { ...cluster.env }, cwd: folder });
    await body({ cluster, base, folder, sweep });
  });
}

async function good(result: Promise<CommandResult>): Promise<string> {
  const { code, stdout, stderr } = await result;
  assert.equal(code, 0, stderr + stdout);
  return stdout;
}

async function rowsOf({ sweep }: Bench, name: string): Promise<Row[]> {
  return JSON.parse(await good(sweep("status", name, "--json")));
}

async function isIdle({ cluster }: Bench): Promise<boolean> {
  return (await cluster.queue()).length === 0;
}

/** Weights of the last checkpoint of a run. */
async function weightsOf(run: string): Promise<string> {
  const root = join(run, "checkpoints");
  const name = (await Deno.readTextFile(join(root, "last"))).trim();
  return describeFile(await Deno.readFile(join(root, name, "model.safetensors"))).sha256;
}

/** Twelve trainings in two arrays, and a report after them. */
export async function tryArray(bench: Bench): Promise<void> {
  const { sweep, base, folder } = bench;
  const grid = ["--set", "training.learningRate=1e-3,2e-3,3e-3", "--set", "model.fixedDepth=4,5"];
  const plan = ["plan", "array", "--config", base, ...grid, "--seeds", "1,2", "--epochs", "1"];
  await good(sweep(...plan));
  assert.match(
    await good(sweep("run", "array", "--executor", "slurm", "--dry-run")),
    /--signal=B:USR1@120/,
  );
  const started = JSON.parse(await good(sweep("run", "array", "--executor", "slurm", "--json")));
  assert.equal(started.rows.length, 12);
  assert.deepEqual(started.arrays.map(({ offset }: { offset: number }) => offset), [0, 10]);
  // Nothing is submitted twice.
  assert.match(
    await good(sweep("run", "array", "--executor", "slurm")),
    /nothing is left to start/,
  );
  await until(() => isIdle(bench), "twelve trainings", 120);
  const rows = await rowsOf(bench, "array");
  assert.deepEqual(rows.map(({ state }) => state), Array(12).fill("done"));
  assert.deepEqual(rows.map(({ attempts }) => attempts.length), Array(12).fill(1));
  const results = await Deno.readTextFile(join(folder, "array", "results.md"));
  assert.match(results, /learningRate=0\.003, fixedDepth=5 +\| +2 of 2/);
  assert.match(results, /best by validation/);
  assert.ok((await Deno.stat(join(folder, "array", "results.html"))).size > 1000);
  assert.match(await Deno.readTextFile(join(folder, "array/logs/10+1.out")), /row 11 is done/);
}

/** A row that cannot succeed is tried once; the others stand; a resubmission leaves both alone. */
export async function tryFailure(bench: Bench): Promise<void> {
  const { sweep, base } = bench;
  const values = ["--set", "data.validationFraction=0.25,0.99", "--epochs", "1"];
  await good(sweep("plan", "failing", "--config", base, ...values));
  await good(sweep("run", "failing", "--executor", "slurm"));
  await until(() => isIdle(bench), "a failing row");
  const [right, wrong] = await rowsOf(bench, "failing");
  assert.equal(right!.state, "done");
  assert.equal(wrong!.state, "failed");
  assert.match(wrong!.remark, /validationFraction 0\.99 leaves none to train on/);
  assert.equal(wrong!.attempts.length, 1);
  const again = await sweep("run", "failing", "--executor", "slurm");
  assert.equal(again.code, 1);
  assert.match(again.stderr, /Rows of .+ have failed, the others stand/);
  const retried = JSON.parse(
    await good(sweep("retry", "failing", "--executor", "slurm", "--json")),
  );
  assert.deepEqual(retried.rows, [1]);
  await until(() => isIdle(bench), "the failing row again");
  assert.equal((await rowsOf(bench, "failing"))[1]!.state, "failed");
}

/** A signal ahead of the limit saves and queues again; cancelling saves; in the end the weights are those of one go. */
export async function tryLimit(bench: Bench): Promise<void> {
  const { sweep, base, folder } = bench;
  const long = ["--config", base, "--epochs", "150", "--save-every", "1s"];
  await good(sweep("plan", "limit", ...long));
  await good(sweep("plan", "straight", ...long));
  const straight = good(sweep("run", "straight", "--executor", "local"));
  const slurm = ["--executor", "slurm", "--time", "1"];
  // A limit of a minute is the shortest; the signal may come up to a minute early.
  await good(sweep("run", "limit", ...slurm, "--sbatch=--signal=B:USR1@50"));
  const log = join(folder, "limit", "logs", "0.out");
  const read = () => Deno.readTextFile(log).catch(() => "");
  // On a busy machine the node can be missed for a moment; the task is then queued again, and its minute begins anew.
  await until(async () => (await read()).includes("saved ahead of the limit"), "the limit", 240);
  // Saves within an epoch count for none: on a slow machine the limit comes before the first ends.
  const goesOn = ({ state, epochs }: Row) => state === "running" && epochs > 0;
  await until(async () => goesOn((await rowsOf(bench, "limit"))[0]!), "an epoch more", 240);
  await good(sweep("cancel", "limit"));
  await until(() => isIdle(bench), "the cancellation");
  const [row] = await rowsOf(bench, "limit");
  assert.equal(row!.state, "waiting");
  assert.equal(row!.attempts.at(-1)!.state, "saved");
  assert.ok(row!.epochs > 0 && row!.epochs < 150, `${row!.epochs}`);
  await good(sweep("run", "limit", "--executor", "local"));
  await straight;
  const [there, here] = ["limit", "straight"].map((name) => join(folder, name, "runs", row!.run));
  assert.equal(await weightsOf(there!), await weightsOf(here!));
}

/** A job of more right takes the node; a node loses its power; the row goes on both times, and is finished. */
export async function tryLosses(bench: Bench): Promise<void> {
  const { sweep, base, cluster } = bench;
  await good(sweep("plan", "lost", "--config", base, "--epochs", "100", "--save-every", "1s"));
  await good(sweep("run", "lost", "--executor", "slurm", "--partition", "low"));
  const row = async () => (await rowsOf(bench, "lost"))[0]!;
  await until(async () => (await row()).epochs > 0, "the first epoch");
  await cluster.run([
    "sbatch",
    "--partition=high",
    "--cpus-per-task=2",
    "--output=/dev/null",
    "--wrap=sleep 1",
  ]);
  await until(async () => (await row()).attempts.at(-1)?.state === "saved", "the preemption");
  await until(async () => (await row()).state === "running", "the restart");
  const before = (await row()).epochs;
  await until(async () => (await row()).epochs > before, "an epoch more");
  await cluster.killNode();
  await until(async () => /down/.test(await cluster.run(["sinfo", "-h"])), "the node to be missed");
  assert.notEqual((await row()).state, "running");
  await cluster.startNode();
  await until(() => isIdle(bench), "the end of the row", 90);
  const end = await row();
  assert.equal(end.state, "done");
  assert.deepEqual(end.attempts.map(({ state }) => state), ["saved", "running", "done"]);
}
