import { CheckpointError } from "../errors.ts";
import { asFitted, isRunOf, protocolChanges } from "../paper/run_identity.ts";
import { readRunProgress, type RunProgress } from "../runs/run_progress.ts";
import { runDirectoryOf, type SweepPlan } from "./sweep_plan.ts";

/**
 * Reads how far the run of a row has come.
 *
 * @param folder Folder of the plan.
 * @param plan The plan.
 * @param index Number of the row.
 * @returns The progress; `null` if there is no run yet.
 * @throws {CheckpointError} if the folder is damaged, or holds another training than the row's: somebody may have continued
 * the run for longer, and its results are not those of the plan.
 */
export async function readRunOfRow(
  folder: string,
  plan: SweepPlan,
  index: number,
): Promise<RunProgress | null> {
  const row = plan.rows[index]!;
  const runDirectory = runDirectoryOf(folder, plan, row);
  const progress = await readRunProgress(runDirectory);
  if (progress === null || isRunOf(progress.config, row.config)) return progress;
  const changes = protocolChanges(asFitted(row.config, progress.config), progress.config)
    .slice(0, 3).map(({ path, protocol, run }) => `${path} is ${run} instead of ${protocol}`);
  const differences = changes.length === 0 ? "" : ` (${changes.join(", ")})`;
  throw new CheckpointError(
    `Cannot use run ${runDirectory}: it has another configuration than row ${index} of the plan${differences}; move it away`,
  );
}
