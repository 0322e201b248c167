import { threadVariables } from "./thread_variables.ts";

/** What the end of a task says: it is over; another attempt may help; none would. */
export type TaskVerdict = "over" | "may-pass" | "failed";

/** How a task's process ended. */
export interface TaskExit {
  /** Number of its row. */
  readonly row: number;
  /** Its exit code. */
  readonly code: number;
}

/** Options of {@linkcode runLocally}. */
export interface RunLocallyOptions {
  /** Program with its first arguments; the number of the row is added. */
  readonly command: readonly string[];
  /** Numbers of the rows, in the order in which they are begun. */
  readonly rows: readonly number[];
  /** Most tasks at a time. */
  readonly jobs: number;
  /** Processor cores of a task; by default they share those of the machine. */
  readonly cpus?: number | undefined;
  /** Told to save and end with the tasks. */
  readonly signal: AbortSignal;
  /** What an exit code says of a task. */
  readonly judge: (code: number) => TaskVerdict;
  /** Most times that a row is begun again: a task may fail before it can count its attempts, on a full disk for example. */
  readonly retries: number;
  /** Hears every end, before the next task begins. */
  readonly onExit?: (exit: TaskExit) => unknown;
}

/** Threads of one task: its share of the cores. */
function environment({ jobs, cpus, rows }: RunLocallyOptions): Record<string, string> {
  const share = Math.floor(navigator.hardwareConcurrency / Math.min(jobs, rows.length));
  return threadVariables(String(cpus ?? Math.max(1, share)));
}

/**
 * Makes sure that programs may be started, before anything is written: no row could be begun.
 *
 * @param program What would be started.
 * @throws {Deno.errors.NotCapable} if Deno may not.
 */
export async function requireStartable(program: string): Promise<void> {
  const { state } = await Deno.permissions.request({ name: "run", command: program });
  if (state === "granted") return;
  throw new Deno.errors.NotCapable(
    `Requires run access to "${program}", run again with the --allow-run flag`,
  );
}

async function runTask(row: number, options: RunLocallyOptions): Promise<TaskExit> {
  const [program = "", ...args] = options.command;
  const child = new Deno.Command(program, {
    args: [...args, String(row)],
    env: environment(options),
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const stop = () => {
    try {
      child.kill("SIGTERM");
    } catch {
      // It has ended by itself.
    }
  };
  options.signal.addEventListener("abort", stop, { once: true });
  try {
    return { row, code: (await child.status).code };
  } finally {
    options.signal.removeEventListener("abort", stop);
  }
}

/**
 * Runs tasks as processes of this machine, as many at a time as asked for. A process of its own for every training keeps
 * one that is killed, or runs out of memory, from taking the others along.
 *
 * @param options Rows, command, number at a time, signal.
 * @returns Rows whose last task failed, whether or not it could note its attempt.
 */
export async function runLocally(options: RunLocallyOptions): Promise<number[]> {
  const waiting = [...options.rows];
  const repeats = new Map<number, number>();
  const failed: number[] = [];
  const work = async () => {
    for (;;) {
      const row = options.signal.aborted ? undefined : waiting.shift();
      if (row === undefined) return;
      const exit = await runTask(row, options);
      await options.onExit?.(exit);
      const verdict = options.judge(exit.code);
      if (options.signal.aborted || verdict === "over") continue;
      const before = repeats.get(row) ?? 0;
      repeats.set(row, before + 1);
      if (verdict === "may-pass" && before < options.retries) waiting.push(row);
      else failed.push(row);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, options.rows.length) }, work));
  return failed;
}
