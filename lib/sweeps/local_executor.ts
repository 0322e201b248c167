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
  /** Processor cores that they share. */
  readonly cores: number;
  /** Told to save and end with the tasks. */
  readonly signal: AbortSignal;
  /** Whether a row is begun again after such an end. */
  readonly isRepeated: (exit: TaskExit) => Promise<boolean>;
  /** Hears every end. */
  readonly onExit?: (exit: TaskExit) => void;
}

/** Threads of one task: its share of the cores. */
function environment({ jobs, cores, rows }: RunLocallyOptions): Record<string, string> {
  const threads = String(Math.max(1, Math.floor(cores / Math.min(jobs, rows.length))));
  return {
    OMP_NUM_THREADS: threads,
    TF_NUM_INTRAOP_THREADS: threads,
    TF_NUM_INTEROP_THREADS: "1",
  };
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
 */
export async function runLocally(options: RunLocallyOptions): Promise<void> {
  const waiting = [...options.rows];
  const work = async () => {
    for (;;) {
      const row = options.signal.aborted ? undefined : waiting.shift();
      if (row === undefined) return;
      const exit = await runTask(row, options);
      options.onExit?.(exit);
      if (!options.signal.aborted && await options.isRepeated(exit)) waiting.push(row);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, options.rows.length) }, work));
}
