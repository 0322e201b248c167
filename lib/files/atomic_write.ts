import { syncPath } from "./sync_path.ts";
import { dirname, join } from "node:path";
import { CheckpointError, messageOf } from "../errors.ts";

let writes = 0;

/**
 * Of this process alone. The number of a process is not: in a container every command may have the same one, and would
 * find what a killed one left under its own names. Ten digits, so that those of the count that follow are told apart.
 */
const salt = String(crypto.getRandomValues(new Uint32Array(1))[0]).padStart(10, "0");

/**
 * Writes a file so that a crash or a power cut leaves either the old content or the new one: staged beside the target
 * (another disk could not be renamed from), flushed, renamed, and the folder flushed. Where it fails the target is as it
 * was, and the staged file is removed.
 *
 * @param path Where the file goes; its folder must exist.
 * @param content Bytes, or text to be written as UTF-8.
 * @throws The system's error; {@linkcode writeFileAtomically} says more.
 */
export async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const staged = `${path}${stagingSuffix()}`;
  let isOurs = false;
  try {
    await writeNewFile(staged, bytes, () => isOurs = true);
    await Deno.rename(staged, path);
    await syncPath(dirname(path));
  } catch (error) {
    // What stood there before belongs to somebody else.
    if (isOurs) await removeQuietly(staged);
    throw error;
  }
}

/**
 * Writes a file as {@linkcode replaceFile} does, with an error that says which file and what to do.
 *
 * @param path Where the file goes; its folder must exist.
 * @param content Bytes, or text to be written as UTF-8.
 * @throws {CheckpointError} If the file cannot be written; the target is as it was and the staged file is removed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const folder = Deno.makeTempDirSync();
 * await writeFileAtomically(`${folder}/last`, "step-00000100\n");
 * assert.equal(Deno.readTextFileSync(`${folder}/last`), "step-00000100\n");
 * Deno.removeSync(folder, { recursive: true });
 * ```
 */
export async function writeFileAtomically(
  path: string,
  content: Uint8Array | string,
): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  try {
    await replaceFile(path, bytes);
  } catch (error) {
    throw new CheckpointError(
      `Cannot write file: ${bytes.length} bytes to ${path} failed (${messageOf(error)}); ` +
        `check free space and permissions of the folder`,
      { cause: error },
    );
  }
}

/**
 * Names a temporary file or folder: `.tmp-<process>-<random digits and count>`. Whatever ends like this may be deleted by the next
 * process that holds the run's lock.
 *
 * @returns The suffix, different at every call and in every process.
 */
export function stagingSuffix(): string {
  writes++;
  return `.tmp-${Deno.pid}-${salt}${writes}`;
}

/** Matches what {@linkcode stagingSuffix} appends. */
export const stagingPattern: RegExp = /\.tmp-\d+-\d+$/;

/**
 * Removes the staged files that a killed process left in a folder. Folders and all other files stay.
 *
 * @param directory The folder; no other process may be writing to it (hold its lock).
 */
export async function removeStagedFiles(directory: string): Promise<void> {
  const staged: string[] = [];
  for await (const { name, isFile } of Deno.readDir(directory)) {
    if (isFile && stagingPattern.test(name)) staged.push(name);
  }
  for (const name of staged) await removeQuietly(join(directory, name));
}

/**
 * Creates a file, writes it and flushes it to the disk.
 *
 * @param path A path where nothing exists yet.
 * @param bytes The content.
 * @param onCreated Called when the file was created, before anything is written.
 */
export async function writeNewFile(
  path: string,
  bytes: Uint8Array,
  onCreated: () => void = () => {},
): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  onCreated();
  await writeFully(file, bytes);
  await file.sync();
}

/**
 * Writes all bytes at the file's position: one call of `write` may take fewer than it is given.
 *
 * @param file An open file.
 * @param bytes What to write.
 */
export async function writeFully(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}

/**
 * Removes a file or a folder with all it holds, whether or not it exists, without complaint: used while another
 * error is on its way, which must not be replaced by this one.
 *
 * @param path The file or folder.
 */
export async function removeQuietly(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch {
    // The error that led here says more.
  }
}

/** How often a removal is tried that finds something new in the folder each time, and the pause in between. */
const REMOVAL = { tries: 40, milliseconds: 5 };

/**
 * Removes a file or a folder as {@linkcode removeQuietly} does, before it returns: also what a write that was begun still
 * puts into the folder meanwhile.
 *
 * @param path The file or folder.
 */
export function removeQuietlySync(path: string): void {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; tries < REMOVAL.tries; tries++) {
    try {
      Deno.removeSync(path, { recursive: true });
    } catch (error) {
      // Gone, and not made again since the try before. (What else goes wrong: the error that led here says more.)
      if (error instanceof Deno.errors.NotFound) return;
    }
    Atomics.wait(clock, 0, 0, REMOVAL.milliseconds);
  }
}

/**
 * Does work whose traces go away unless it comes to its end. An abort removes them at once, before anything is waited for:
 * whoever is told to stop can leave then.
 *
 * @param path File or folder that the work makes.
 * @param work The work.
 * @param signal Stops it.
 * @returns What the work returns.
 * @throws What the work throws; the signal's reason where that was aborted.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { existsSync } from "node:fs";
 *
 * const folder = `${Deno.makeTempDirSync()}/model`;
 * await assert.rejects(wholeOrRemoved(folder, async () => {
 *   await Deno.mkdir(folder);
 *   throw new Error("no room");
 * }));
 * assert.equal(existsSync(folder), false);
 * ```
 */
export async function wholeOrRemoved<Result>(
  path: string,
  work: () => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const remove = () => removeQuietlySync(path);
  signal?.throwIfAborted();
  signal?.addEventListener("abort", remove);
  try {
    const result = await work();
    signal?.throwIfAborted();
    return result;
  } catch (error) {
    remove();
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener("abort", remove);
  }
}
