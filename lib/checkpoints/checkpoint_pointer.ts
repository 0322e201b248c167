import { join } from "node:path";
import { CheckpointError, messageOf } from "../errors.ts";
import { readBoundedText } from "../read_bounded.ts";

/** Pointer files of a checkpoint folder: text files, each with the name of one checkpoint. */
export type PointerName = "last" | "best" | "previous";

/** A pointer holds one name; what is longer is none. */
const MAX_POINTER_BYTES = 4096;

/** A checkpoint's folder name, taken apart. */
interface CheckpointName {
  readonly step: number;
  /** 1 for the first checkpoint saved at a step, 2 for the second ... */
  readonly revision: number;
}

const namePattern = /^step-(\d{8,15})(?:-r([1-9]\d{0,8}))?$/;

/**
 * Names a checkpoint: `step-00001500`, or `step-00001500-r2` if the step is saved again, because a folder cannot be
 * replaced in one move.
 *
 * @param step Optimizer steps, 0 or more.
 * @param revision 1 for the first checkpoint of this step.
 * @returns The name of the folder.
 */
export function checkpointName(step: number, revision: number): string {
  return `step-${String(step).padStart(8, "0")}${revision === 1 ? "" : `-r${revision}`}`;
}

/**
 * Takes the name of a checkpoint folder apart.
 *
 * @param name The name of a file or folder.
 * @returns Step and revision, or `null` if no checkpoint is called so.
 */
export function parseCheckpointName(name: string): CheckpointName | null {
  const match = namePattern.exec(name);
  if (match === null) return null;
  const parsed = { step: Number(match[1]), revision: Number(match[2] ?? 1) };
  return checkpointName(parsed.step, parsed.revision) === name ? parsed : null;
}

/**
 * Orders checkpoint names, newest first: by step, then by revision.
 *
 * @param a A checkpoint's name.
 * @param b Another.
 * @returns A negative number if `a` is newer, a positive one if `b` is.
 */
export function compareNewestFirst(a: string, b: string): number {
  const first = parseCheckpointName(a) ?? { step: -1, revision: 0 };
  const second = parseCheckpointName(b) ?? { step: -1, revision: 0 };
  return second.step - first.step || second.revision - first.revision;
}

/**
 * Reads the content of a pointer file. Only the name of a checkpoint passes: no path, so that a pointer from a
 * stranger cannot lead out of the folder.
 *
 * @param text The content.
 * @param source What is read, for messages.
 * @returns The name of the checkpoint folder.
 * @throws {CheckpointError} If the content is anything but one name.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(parseCheckpointPointer("step-00001500\n"), "step-00001500");
 * assert.throws(() => parseCheckpointPointer("../step-00001500"), /must hold the name of a checkpoint/);
 * ```
 */
export function parseCheckpointPointer(text: string, source = "the given text"): string {
  const name = text.endsWith("\n") ? text.slice(0, -1) : text;
  if (parseCheckpointName(name) === null) {
    throw new CheckpointError(
      // Not repeated: where a link stands in the place of the file, the text is somebody else's.
      `Cannot read checkpoint pointer: it must hold the name of a checkpoint, ${source} holds another text of ` +
        `${text.length} characters; write a name like step-00001500 into it, or delete it`,
    );
  }
  return name;
}

/**
 * Reads a pointer file.
 *
 * @param root Folder of the checkpoints.
 * @param pointer Which pointer.
 * @returns The name of the checkpoint folder, or `null` if there is no such pointer.
 * @throws {CheckpointError} If the file cannot be read or holds no name.
 */
export async function readPointer(root: string, pointer: PointerName): Promise<string | null> {
  const path = join(root, pointer);
  let text: string;
  try {
    text = await readBoundedText(path, { maxBytes: MAX_POINTER_BYTES, refusal: CheckpointError });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    if (error instanceof CheckpointError) throw error;
    throw new CheckpointError(
      `Cannot read checkpoint pointer: ${path} cannot be read (${messageOf(error)})`,
      { cause: error },
    );
  }
  return parseCheckpointPointer(text, path);
}

/**
 * Lists the checkpoint folders, complete or not; also links, as they stand where a checkpoint was moved to another disk.
 *
 * @param root Folder of the checkpoints; need not exist.
 * @returns Names of folders, newest first.
 * @throws {CheckpointError} If `root` is not a folder or may not be read.
 */
export async function listCheckpoints(root: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(root)) {
      const isFolder = entry.isDirectory || entry.isSymlink;
      if (isFolder && parseCheckpointName(entry.name) !== null) names.push(entry.name);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw new CheckpointError(
      `Cannot list checkpoints: ${root} cannot be read (${messageOf(error)}); check the run folder`,
      { cause: error },
    );
  }
  return names.sort(compareNewestFirst);
}
