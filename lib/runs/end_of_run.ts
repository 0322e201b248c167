import { isExported } from "./exported_model.ts";
import { readRecordedTest } from "./recorded_test.ts";
import type { RunProgress } from "./run_progress.ts";

/**
 * Why nothing is left to train of a run: its last epoch is done; it is a model that was exported, at whatever epoch it was
 * the best; or its weights were not kept, but its figures were.
 */
export type RunEnd = "finished" | "exported" | "recorded";

/**
 * Finds out whether a run is over.
 *
 * @param runDirectory Folder of the run.
 * @param progress How far it has come; `null` if there is no run yet.
 * @returns Why it is over; `null` where something is left to train.
 */
export async function endOfRun(
  runDirectory: string,
  progress: RunProgress | null,
): Promise<RunEnd | null> {
  if (progress === null) return null;
  if (progress.isFinished) return "finished";
  if (await isExported(runDirectory)) return "exported";
  return await readRecordedTest(runDirectory) === null ? null : "recorded";
}

/**
 * Counts the epochs of a run.
 *
 * @param progress How far it has come; `null` if there is no run yet.
 * @param end Why it is over, if it is.
 * @returns Those of its last checkpoint; without its weights those of its log.
 */
export function epochsOf(progress: RunProgress | null, end: RunEnd | null): number {
  return (end === "recorded" ? progress?.log.at(-1)?.epoch : progress?.epochs) ?? 0;
}
