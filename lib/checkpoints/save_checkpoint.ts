import { syncPath } from "../files/sync_path.ts";
import { dirname, join } from "node:path";
import { CheckpointError, messageOf } from "../errors.ts";
import {
  removeQuietly,
  stagingPattern,
  stagingSuffix,
  writeFileAtomically,
  writeNewFile,
} from "../files/atomic_write.ts";
import {
  describeFile,
  encodeManifest,
  type FileRecord,
  formatVersion,
  isCheckpointFileName,
  manifestName,
} from "./checkpoint_manifest.ts";
import {
  checkpointName,
  listCheckpoints,
  parseCheckpointName,
  type PointerName,
  readPointer,
} from "./checkpoint_pointer.ts";

/** What a checkpoint holds. */
export interface CheckpointContent {
  /** Optimizer steps completed, 0 .. 10^15 - 1. */
  readonly step: number;
  /** Files by name; a name is letters, digits, dots, dashes and underscores, no path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Whether the pointer `best` moves to this checkpoint. */
  readonly best: boolean;
}

/** Options of {@linkcode saveCheckpoint}. */
export interface SaveCheckpointOptions {
  /**
   * Name of the checkpoint that training went on from, known to be complete: `previous` moves to it. The one that `last`
   * names may have been passed over as damaged.
   *
   * @default the one that `last` names
   */
  readonly parent?: string;
  /**
   * Called with the name of each stage as it is completed. A test throws here, or kills the process, to see what a
   * crash at this stage leaves behind.
   *
   * @default {() => {}}
   */
  readonly failpoint?: (stage: string) => void;
}

/**
 * Saves a checkpoint so that a crash at any moment leaves a complete one behind. All files go to a temporary folder
 * beside the others and are flushed, the manifest with their checksums last; the folder is renamed; then the pointer
 * files `previous`, `best` (if it is the best) and `last` move. Only then are checkpoints deleted that no pointer names.
 * The caller must hold the lock of the run folder.
 *
 * @param root Folder of the checkpoints; made if it does not exist.
 * @param content Step, files, and whether it is the best so far. A step may be saved again.
 * @param options Which checkpoint training went on from.
 * @returns Name of the checkpoint's folder in `root`.
 * @throws {RangeError} If the step or the name of a file is not allowed, or there is no file.
 * @throws {CheckpointError} If writing fails; what was saved before is still there, the temporary folder is not.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const root = Deno.makeTempDirSync();
 * const files = new Map([["state.json", new TextEncoder().encode("{}")]]);
 * const folder = await saveCheckpoint(root, { step: 1500, files, best: true });
 * assert.equal(folder, "step-00001500");
 * assert.equal(Deno.readTextFileSync(`${root}/best`), "step-00001500\n");
 * Deno.removeSync(root, { recursive: true });
 * ```
 */
export async function saveCheckpoint(
  root: string,
  content: CheckpointContent,
  options: SaveCheckpointOptions = {},
): Promise<string> {
  checkContent(content);
  const reached = options.failpoint ?? (() => {});
  try {
    await Deno.mkdir(root, { recursive: true });
    await syncPath(dirname(root));
    await removeLeftovers(root);
    reached("begin");
    const name = await writeFolder(root, content, reached);
    await movePointers(root, { name, best: content.best, parent: options.parent, reached });
    await removeUnreferenced(root, reached);
    return name;
  } catch (error) {
    const bytes = [...content.files.values()].reduce((sum, { length }) => sum + length, 0);
    throw new CheckpointError(
      `Cannot save checkpoint: step ${content.step} could not be written to ${root}, ${bytes} bytes ` +
        `(${messageOf(error)}); what was saved before is intact: fix the cause, then resume`,
      { cause: error },
    );
  }
}

function checkContent(content: CheckpointContent): void {
  const { step, files } = content;
  if (!Number.isSafeInteger(step) || step < 0 || step >= 1e15) {
    throw new RangeError(
      `Cannot save checkpoint: step must be an integer from 0 to 10^15 - 1, current value is ${step}`,
    );
  }
  if (files.size === 0) {
    throw new RangeError("Cannot save checkpoint: there must be a file to save");
  }
  for (const name of files.keys()) {
    if (!isCheckpointFileName(name)) {
      throw new RangeError(
        `Cannot save checkpoint: file names are letters, digits, dots, dashes and underscores, at most 100, and ` +
          `not ${manifestName}; current value is ${JSON.stringify(name)}`,
      );
    }
  }
}

/** Writes the files and the manifest to a temporary folder and renames it; returns the folder's name. */
async function writeFolder(
  root: string,
  content: CheckpointContent,
  reached: (stage: string) => void,
): Promise<string> {
  const { step, files } = content;
  const name = await freeName(root, step);
  const staged = join(root, `${name}${stagingSuffix()}`);
  try {
    await Deno.mkdir(staged);
    reached("folder made");
    const records = new Map<string, FileRecord>();
    for (const [file, bytes] of files) {
      await writeNewFile(join(staged, file), bytes);
      records.set(file, describeFile(bytes));
      reached(`${file} written`);
    }
    const manifest = encodeManifest({ formatVersion, step, files: records });
    await writeNewFile(join(staged, manifestName), new TextEncoder().encode(manifest));
    reached("manifest written");
    await syncPath(staged);
    reached("folder flushed");
    await Deno.rename(staged, join(root, name));
  } catch (error) {
    await removeQuietly(staged);
    throw error;
  }
  reached("folder renamed");
  await syncPath(root);
  reached("root flushed");
  return name;
}

/**
 * The revision of the step after all that there are, so that nothing is overwritten and the order of the names stays that
 * of their times: a lower one may be free again.
 */
async function freeName(root: string, step: number): Promise<string> {
  const revisions = (await listCheckpoints(root)).map(parseCheckpointName)
    .flatMap((name) => name?.step === step ? [name.revision] : []);
  return checkpointName(step, Math.max(0, ...revisions) + 1);
}

/**
 * Moves the pointers; `last` comes after the others, because it decides from where training goes on: if the process
 * dies in between, the epoch is repeated and ends with the same pointers.
 */
async function movePointers(
  root: string,
  target: {
    name: string;
    best: boolean;
    parent: string | undefined;
    reached: (stage: string) => void;
  },
): Promise<void> {
  const { name, best, parent, reached } = target;
  const moves = new Map<PointerName, string>();
  const before = parent ?? await readPointerIfSound(root, "last");
  if (before !== null) moves.set("previous", before);
  if (best) moves.set("best", name);
  moves.set("last", name);
  for (const [pointer, folder] of moves) {
    await writeFileAtomically(join(root, pointer), `${folder}\n`);
    reached(`${pointer} moved`);
  }
}

/** A damaged pointer is as good as none here: it is about to be replaced. */
async function readPointerIfSound(root: string, pointer: PointerName): Promise<string | null> {
  try {
    return await readPointer(root, pointer);
  } catch (error) {
    if (error instanceof CheckpointError) return null;
    throw error;
  }
}

async function removeUnreferenced(root: string, reached: (stage: string) => void): Promise<void> {
  const referenced = new Set<string | null>();
  try {
    for (const pointer of ["last", "best", "previous"] as const) {
      referenced.add(await readPointer(root, pointer));
    }
  } catch (error) {
    // Which checkpoint a damaged pointer named is unknown: it could be any of them, so all stay.
    if (error instanceof CheckpointError) return;
    throw error;
  }
  for (const name of await listCheckpoints(root)) {
    if (referenced.has(name)) continue;
    await removeQuietly(join(root, name));
    reached(`${name} removed`);
  }
}

/** Removes what an interrupted save left: nothing but temporary files and folders of ours. */
async function removeLeftovers(root: string): Promise<void> {
  const leftovers: string[] = [];
  for await (const { name } of Deno.readDir(root)) {
    const target = name.replace(stagingPattern, "");
    const ours = ["last", "best", "previous"].includes(target) ||
      parseCheckpointName(target) !== null;
    if (target !== name && ours) leftovers.push(name);
  }
  for (const name of leftovers) await removeQuietly(join(root, name));
}
