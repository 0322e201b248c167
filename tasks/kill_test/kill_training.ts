import assert from "node:assert/strict";
import { join } from "node:path";
import { RandomStream } from "../../lib/randomness/random_stream.ts";
import { runCommand, spawnCommand } from "../../tests/helpers/run_command.ts";
import { TINY_COMMAND, writeTinyImages } from "../../tests/helpers/tiny_command.ts";
import { checkRemains, compareRuns } from "./check_run.ts";

/** What {@linkcode killTraining} does and whom it tells. */
export interface KillTrainingOptions {
  /** SIGKILLs to send. */
  readonly kills: number;
  /** Decides when. */
  readonly seed: number;
  /** Epochs of the run that is killed. */
  readonly epochs: number;
  /** Folder to work in; must exist. */
  readonly folder: string;
  /** Called for every kill. */
  readonly note?: (text: string) => void;
}

/** What {@linkcode killTraining} saw. */
export interface KillReport {
  /** SIGKILLs that hit a living process. */
  kills: number;
  /** Of them, before the first checkpoint stood. */
  beforeFirst: number;
  /** Of them, within a write: something unfinished lay there. */
  withinWrite: number;
  /** Of them, between a finished checkpoint and its pointer: the loader named what it passed over. */
  passedOver: number;
  /** Runs that finished and were compared with the uninterrupted one. */
  runs: number;
  /** Things found equal in these comparisons. */
  compared: number;
}

/** Longest pause before a kill, in milliseconds: from the start of the process, and from its first epoch. */
const LATEST = { start: 1500, epoch: 250 } as const;
/** Share of the kills that are timed from the start of the process. */
const SHARE_AT_START = 0.2;

/** Runs a command and kills it at a random moment; tells whether it was still alive. */
async function runAndKill(
  argv: readonly string[],
  stream: RandomStream,
  isFresh: boolean,
): Promise<boolean> {
  const child = spawnCommand(argv);
  const stdout = new Response(child.stdout).arrayBuffer();
  const atStart = stream.nextFloat() < (isFresh ? 1 : SHARE_AT_START);
  // Squared from the epoch's line on: right after it the checkpoint is written, and short pauses fall into that.
  const pause = atStart
    ? stream.nextFloat() * LATEST.start
    : stream.nextFloat() ** 2 * LATEST.epoch;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const arm = () => timer ??= setTimeout(() => child.kill("SIGKILL"), pause);
  if (atStart) arm();
  let talk = "";
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    talk += text;
    if (/^epoch \d/m.test(talk)) arm();
  }
  const { code, signal } = await child.status;
  clearTimeout(timer);
  await stdout;
  assert.ok(signal === "SIGKILL" || code === 0, `exit code ${code}: ${talk}`);
  return signal === "SIGKILL";
}

/** The command that brings a run forward, whatever is there of it. */
async function nextCommand(fresh: readonly string[], run: string): Promise<readonly string[]> {
  try {
    await Deno.stat(join(run, "config.yaml"));
    return ["train", "--resume", run];
  } catch {
    return fresh;
  }
}

interface KilledRun {
  readonly run: string;
  /** Starts the run. */
  readonly fresh: readonly string[];
  readonly stream: RandomStream;
  readonly report: KillReport;
}

/** Kills and resumes one run until it finishes, or until enough kills were sent. */
async function killUntilDone(killed: KilledRun, options: KillTrainingOptions): Promise<void> {
  const { run, fresh, stream, report } = killed;
  let reached = 0;
  while (report.kills < options.kills) {
    if (!await runAndKill(await nextCommand(fresh, run), stream, reached === 0)) return;
    report.kills++;
    const { step, passedOver, litter } = await checkRemains(run);
    assert.ok((step ?? 0) >= reached, `step ${step} is older than ${reached}, which stood before`);
    reached = step ?? 0;
    if (step === null) report.beforeFirst++;
    if (litter > 0) report.withinWrite++;
    if (passedOver.length > 0) report.passedOver++;
    options.note?.(
      `kill ${report.kills}: step ${step ?? "none"}${litter > 0 ? ", within a write" : ""}` +
        `${passedOver.length > 0 ? ", passed over a newer folder" : ""}`,
    );
  }
  const { code, stderr } = await runCommand(await nextCommand(fresh, run));
  assert.equal(code, 0, stderr);
}

/**
 * Kills a tiny training again and again, at random moments, and resumes it. After every kill the newest
 * checkpoint must load; whenever the run finishes, it must equal the uninterrupted one byte for byte,
 * and the next run begins.
 *
 * @param options How often, and where.
 * @returns What was seen.
 * @throws {Error} if anything that was promised does not hold.
 */
export async function killTraining(options: KillTrainingOptions): Promise<KillReport> {
  const { kills, seed, epochs, folder } = options;
  const stream = new RandomStream(seed, "kill-test");
  const data = join(folder, "images");
  await writeTinyImages(data);
  const commandOf = (
    run: string,
  ) => ["train", "--run", run, "--data", data, ...TINY_COMMAND, "--epochs", String(epochs)];
  const straight = join(folder, "straight");
  const { code, stderr } = await runCommand(commandOf(straight));
  assert.equal(code, 0, stderr);
  const report = { kills: 0, beforeFirst: 0, withinWrite: 0, passedOver: 0, runs: 0, compared: 0 };
  while (report.kills < kills) {
    const run = join(folder, `killed-${report.runs}`);
    await killUntilDone({ run, fresh: commandOf(run), stream, report }, options);
    report.compared += await compareRuns(run, straight);
    report.runs++;
    await Deno.remove(run, { recursive: true });
  }
  return report;
}
