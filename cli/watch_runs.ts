import type { PlannedRun } from "../lib/paper/plan_rows.ts";
import type { RunWatcher } from "../lib/paper/run_row.ts";
import type { Output } from "./output.ts";
import type { Progress } from "./progress.ts";
import { showWork } from "./show_work.ts";
import { showTraining } from "./training_display.ts";

/** Who watches the runs of a comparison. */
export interface RunsDisplay {
  /** Is told what happens to the current run. */
  readonly watcher: RunWatcher;
  /** Begins another run. */
  readonly next: (run: PlannedRun, text: string) => void;
}

/**
 * Shows what happens to the runs of a comparison.
 *
 * @param progress Line and notes of the progress.
 * @param output Where warnings go.
 * @returns The watcher of the library, and what begins another run.
 */
export function watchRuns(progress: Progress, output: Output): RunsDisplay {
  const warn = (text: string) => output.warn(text);
  let show: ReturnType<typeof showTraining> | null = null;
  return {
    next: ({ config }, text) => {
      progress.note(text);
      show = showTraining(progress, { training: config.training, warn });
    },
    watcher: {
      training: (event) => show?.(event),
      phase: (text) => progress.note(`  ${text}`),
      evaluation: showWork(progress, "evaluating test images"),
      warn,
    },
  };
}
