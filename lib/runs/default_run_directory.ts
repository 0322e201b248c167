import { dirname, join } from "node:path";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import { pathExists } from "../files/path_exists.ts";
import { folderRefusal } from "./require_new_folder.ts";

/**
 * Names the folder of a run by its time, so that runs sort by it.
 *
 * @param what Beginning of the name.
 * @param at When.
 * @returns The path, for example `runs/quickstart-20261123T204500Z`; another run of the same second has it too.
 */
export function timedRunDirectory(what: string, at: Date): string {
  const time = at.toISOString().replace(/\.\d+/, "").replace(/[-:]/g, "");
  return join("runs", `${what}-${time}`);
}

/**
 * Names the folder of a run that was given none: `runs/cifar10-puppet-cnn-20261123T204500Z`.
 *
 * @param config What is trained.
 * @param startedAt When.
 * @returns The path that `claimRunDirectory` begins with.
 */
export function defaultRunDirectory(config: ExperimentConfig, startedAt: Date): string {
  return timedRunDirectory(`${config.data.dataset}-${config.model.name}`, startedAt);
}

/** A folder that was made for one run alone. */
export interface ClaimedRunDirectory extends AsyncDisposable {
  /** Where it is. */
  readonly path: string;
}

/**
 * Makes the folder of a run under a name that no other run has: `-2`, `-3` and so on are added where it is taken. When the
 * training is over, the folder goes away if nothing is in it: a training that was refused leaves none.
 *
 * @param directory The name.
 * @returns The folder; declare it with `await using`.
 * @throws {CheckpointError} if it cannot be made.
 */
export async function claimRunDirectory(directory: string): Promise<ClaimedRunDirectory> {
  const parent = dirname(directory);
  try {
    const made = await pathExists(parent) ? [] : [parent];
    await makeFolder(parent);
    const path = await makeNumbered(directory);
    return {
      path,
      [Symbol.asyncDispose]: async () => {
        for (const folder of [path, ...made]) await Deno.remove(folder).catch(() => {});
      },
    };
  } catch (error) {
    throw folderRefusal(error, directory, { action: "start a run in" });
  }
}

/** Makes a folder that may be there, and that others may make and remove at the same time. */
async function makeFolder(folder: string): Promise<void> {
  for (;;) {
    try {
      return await Deno.mkdir(folder, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      // It was there, and was removed before anybody could see that it is a folder. A file, or a link, stays.
      const found = await Deno.lstat(folder).catch(() => null);
      if (found !== null && !found.isDirectory) throw error;
    }
  }
}

async function makeNumbered(directory: string): Promise<string> {
  for (let number = 1;; number++) {
    const path = number === 1 ? directory : `${directory}-${number}`;
    try {
      await Deno.mkdir(path);
      return path;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        // A training that was refused has just removed the folder above.
        await makeFolder(dirname(directory));
        number--;
      } else if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}
