import { basename, dirname, join } from "node:path";
import { DataError, messageOf, PuppetError } from "../errors.ts";
import { wholeOrRemoved } from "../files/atomic_write.ts";
import { pathExists } from "../files/path_exists.ts";
import { describePathFailure } from "../files/path_failure.ts";
import { syncPath } from "../files/sync_path.ts";

/**
 * Fills a folder beside the target and gives it the target's name in one step: nobody ever sees half of it.
 * A folder that is there is moved aside first and removed only when the new one stands.
 *
 * The caller holds a lock: leftovers of a run that was killed are cleared away, and a folder that such a
 * run had moved aside comes back.
 *
 * @param target Path of the folder.
 * @param fill Fills the folder whose path it is given; if it fails, the target stays as it was.
 * @param signal Stops it, and removes at once what was filled.
 * @returns What `fill` returns.
 * @throws {DataError} if the files cannot be written.
 */
export async function installFolder<Result>(
  target: string,
  fill: (stage: string) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const stage = join(dirname(target), `${leftoverPrefix(target)}tmp-${crypto.randomUUID()}`);
  try {
    await recoverFolder(target);
    const result = await wholeOrRemoved(stage, async () => {
      await Deno.mkdir(stage, { recursive: true });
      return await fill(stage);
    }, signal);
    await syncPath(stage);
    await swap(stage, target);
    await syncPath(dirname(target));
    return result;
  } catch (error) {
    throw asDataError(error, target);
  } finally {
    await removeFolder(stage);
  }
}

/**
 * Brings a folder back that a killed run had moved aside, and removes such a run's unfinished one.
 *
 * @param target Path of the folder.
 */
export async function recoverFolder(target: string): Promise<void> {
  const parent = dirname(target);
  if (!await pathExists(parent)) return;
  const aside = asidePath(target);
  if (await pathExists(aside)) {
    if (await pathExists(target)) await removeFolder(aside);
    else await Deno.rename(aside, target);
  }
  for await (const entry of Deno.readDir(parent)) {
    if (entry.name.startsWith(`${leftoverPrefix(target)}tmp-`)) {
      await removeFolder(join(parent, entry.name));
    }
  }
}

/** Hidden names beside the target belong to it. */
function leftoverPrefix(target: string): string {
  return `.${basename(target)}.`;
}

function asidePath(target: string): string {
  return join(dirname(target), `${leftoverPrefix(target)}old`);
}

async function swap(stage: string, target: string): Promise<void> {
  if (!await pathExists(target)) return await Deno.rename(stage, target);
  const aside = asidePath(target);
  await Deno.rename(target, aside);
  try {
    await Deno.rename(stage, target);
  } catch (error) {
    await Deno.rename(aside, target);
    throw error;
  }
  await removeFolder(aside);
}

async function removeFolder(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Failures of the file system become a `DataError`; everything else stays what it is. */
function asDataError(error: unknown, target: string): unknown {
  const failure = error instanceof PuppetError ? null : describePathFailure(error);
  if (failure === null) return error;
  return new DataError(
    `Cannot install ${target}: ${failure} (${
      messageOf(error)
    }); make room or give permission, nothing was changed`,
    { cause: error },
  );
}
