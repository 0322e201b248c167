import type { TaskExit } from "../lib/sweeps/local_executor.ts";
import { readRowState } from "../lib/sweeps/row_state.ts";
import type { SweepPlan } from "../lib/sweeps/sweep_plan.ts";

/**
 * Says how the task of a row ended. One that ends well has done the row, or found that another process works on it.
 *
 * @param folder Folder of the plan.
 * @param plan The plan.
 * @param exit Row and exit code.
 * @returns A few words.
 */
export async function describeExit(
  folder: string,
  plan: SweepPlan,
  { row, code }: TaskExit,
): Promise<string> {
  if (code !== 0) return `row ${row} ended with ${code}`;
  const conditions = { attempts: [], host: Deno.hostname(), now: Date.now() };
  // A disk that is away for a moment ends no sweep.
  const found = await readRowState(folder, plan, row, conditions).catch(() => null);
  if (found === null) return `row ${row} has ended`;
  return found.state === "done" ? `row ${row} is done` : `row ${row} is left to another process`;
}
