import { join } from "node:path";
import { CheckpointError } from "../errors.ts";

/**
 * Makes sure that folders of a run are in it. A training that goes on writes to them, and deletes what is out of date: in
 * a run folder from a stranger they could lead to other runs.
 *
 * @param runDirectory Folder of the run; may be a link itself.
 * @param names Folders in it; need not exist.
 * @throws {CheckpointError} if one is a link.
 */
export async function refuseLinks(runDirectory: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const path = join(runDirectory, name);
    try {
      if (!(await Deno.lstat(path)).isSymlink) continue;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue;
      throw error;
    }
    throw new CheckpointError(
      `Cannot train in ${runDirectory}: ${path} must be a folder, it is a link, and what is written there would go ` +
        `elsewhere; put the folder itself there, or link the whole run folder`,
    );
  }
}
