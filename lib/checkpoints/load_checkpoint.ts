import { join } from "node:path";
import { CheckpointError, messageOf } from "../errors.ts";
import { refusedAccess } from "../files/refused_access.ts";
import { readBounded } from "../read_bounded.ts";
import {
  describeFile,
  type FileRecord,
  manifestName,
  parseManifest,
} from "./checkpoint_manifest.ts";
import {
  compareNewestFirst,
  listCheckpoints,
  parseCheckpointName,
  readPointer,
} from "./checkpoint_pointer.ts";

/** A checkpoint in memory, verified. */
export interface LoadedCheckpoint {
  /** Name of the checkpoint's folder in the folder of checkpoints. */
  readonly folder: string;
  /** Optimizer steps completed. */
  readonly step: number;
  /** Files by name; every checksum was compared. */
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
  /** What was passed over before this one, and why; empty if all is well. Worth a warning. */
  readonly skipped: string[];
  /**
   * Checkpoints whose save was cut short, and that the pointer does not lead to yet; empty if all is well. Worth a
   * warning unless a training is saving at this moment.
   */
  readonly unreached: string[];
}

/** Longest checkpoint that is read into memory; the largest model that can be configured takes some 8 GB. */
const maxCheckpointBytes = 16e9;

/** A manifest lists a handful of files; a longer one is none, and is not read into memory. */
const maxManifestBytes = 1_000_000;

/**
 * Loads the checkpoint that a pointer names, and verifies length and SHA-256 of all its files. If `last` is damaged,
 * the newest complete checkpoint is loaded instead; `best` has no substitute.
 *
 * @param root Folder of the checkpoints; it may have been moved or copied since.
 * @param which Pointer to follow.
 * @returns The files, and what was skipped.
 * @throws {CheckpointError} If there is no checkpoint, or none is complete; the message names the damaged files and
 * the checksums expected and found.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { saveCheckpoint } from "./save_checkpoint.ts";
 *
 * const root = Deno.makeTempDirSync();
 * const files = new Map([["state.json", new TextEncoder().encode("{}")]]);
 * await saveCheckpoint(root, { step: 1500, files, best: false });
 * const loaded = await loadCheckpoint(root, "last");
 * assert.equal(loaded.folder, "step-00001500");
 * assert.equal(new TextDecoder().decode(loaded.files.get("state.json")), "{}");
 * await assert.rejects(loadCheckpoint(root, "best"), /there is no best checkpoint/);
 * Deno.removeSync(root, { recursive: true });
 * ```
 */
export async function loadCheckpoint(
  root: string,
  which: "last" | "best",
): Promise<LoadedCheckpoint> {
  for (;;) {
    const before = await pointedAt(root, which);
    const loaded = await loadPointed(root, which).catch((error: unknown) => {
      if (error instanceof CheckpointError) return error;
      throw error;
    });
    const isSound = !(loaded instanceof CheckpointError) &&
      loaded.skipped.length + loaded.unreached.length === 0;
    // A training that saves meanwhile removes what the pointer named before: that is no damage.
    if (!isSound && await pointedAt(root, which) !== before) continue;
    if (loaded instanceof CheckpointError) throw loaded;
    return loaded;
  }
}

/** What a pointer names; `null` where it is missing or damaged. */
async function pointedAt(root: string, which: "last" | "best"): Promise<string | null> {
  return await readPointer(root, which).catch(() => null);
}

/** Loads the checkpoint that a pointer names now. */
async function loadPointed(root: string, which: "last" | "best"): Promise<LoadedCheckpoint> {
  const skipped: string[] = [];
  const unreached: string[] = [];
  const candidates = await findCandidates(root, which, skipped);
  for (const [tried, name] of candidates.entries()) {
    try {
      const checkpoint = await readCheckpoint(root, name);
      for (const newer of await findNewer(root, name, candidates.slice(tried + 1))) {
        unreached.push(
          `${join(root, newer)} is newer than ${name}, to which the pointer last leads`,
        );
      }
      return { ...checkpoint, skipped, unreached };
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      skipped.push(error.message);
    }
  }
  const problem = which === "best"
    ? `the best one of ${root} is damaged; ${TAKE_LAST}`
    : `no complete one is left in ${root}; start a new run`;
  throw new CheckpointError(`Cannot load checkpoint: ${problem}. Found: ${skipped.join(" | ")}`);
}

/** True of every command that takes a run. */
const TAKE_LAST =
  'take the last one: checkpoint "last" (--checkpoint last; for a command without it, an export of it)';

/** The checkpoint that the pointer names and, for `last`, all others from the newest on. */
async function findCandidates(
  root: string,
  which: "last" | "best",
  skipped: string[],
): Promise<string[]> {
  let pointed: string | null = null;
  try {
    pointed = await readPointer(root, which);
    if (pointed === null) skipped.push(`The pointer ${join(root, which)} is missing`);
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    skipped.push(error.message);
    if (which === "best") return [];
  }
  if (which === "best") {
    if (pointed !== null) return [pointed];
    throw new CheckpointError(
      `Cannot load checkpoint: there is no best checkpoint in ${root}; it appears with the first validation, ` +
        TAKE_LAST,
    );
  }
  const names = await listCheckpoints(root);
  if (pointed === null && names.length === 0) {
    throw new CheckpointError(
      `Cannot load checkpoint: there is none in ${root}; check the run folder, or train first`,
    );
  }
  if (pointed === null) return names;
  return [pointed, ...names.filter((name) => name !== pointed)];
}

/**
 * Checkpoints whose save was cut short before the pointer moved to them. The one that `previous` names may be newer
 * for another reason: training went back to an earlier step.
 */
async function findNewer(root: string, than: string, untried: string[]): Promise<string[]> {
  const newer = untried.filter((name) => compareNewestFirst(name, than) < 0);
  if (newer.length === 0) return [];
  try {
    const previous = await readPointer(root, "previous");
    return newer.filter((name) => name !== previous);
  } catch (error) {
    if (error instanceof CheckpointError) return newer;
    throw error;
  }
}

async function readCheckpoint(
  root: string,
  name: string,
): Promise<Omit<LoadedCheckpoint, "skipped" | "unreached">> {
  const folder = join(root, name);
  const manifestPath = join(folder, manifestName);
  const manifestBytes = await readVerified(manifestPath, null);
  const manifest = parseManifest(
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(manifestBytes),
    manifestPath,
  );
  if (manifest.step !== parseCheckpointName(name)?.step) {
    throw new CheckpointError(
      `Cannot read checkpoint: ${manifestPath} must be of the step in its folder's name, it is of step ${manifest.step}`,
    );
  }
  const total = [...manifest.files.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > maxCheckpointBytes) {
    throw new CheckpointError(
      `Cannot read checkpoint: ${folder} must have at most ${maxCheckpointBytes} bytes, its manifest lists ${total}`,
    );
  }
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [file, record] of manifest.files) {
    files.set(file, await readVerified(join(folder, file), record));
  }
  return { folder: name, step: manifest.step, files };
}

/** Reads a file and compares it with its record; without a record only the length is limited. */
async function readVerified(
  path: string,
  record: FileRecord | null,
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    // The length first: a file that grew by damage or malice is not read into memory.
    const { size } = await Deno.stat(path);
    if (record === null ? size > maxManifestBytes : size !== record.bytes) {
      const expected = record === null ? `at most ${maxManifestBytes}` : record.bytes;
      throw new CheckpointError(
        `Cannot read checkpoint: ${path} must have ${expected} bytes, found ${size}`,
      );
    }
    bytes = await readBounded(path, { maxBytes: size, refusal: CheckpointError });
  } catch (error) {
    // A file that Deno may not read is not damaged: an older one in its place would be no help.
    if (error instanceof CheckpointError || refusedAccess(error) !== null) throw error;
    const missing = error instanceof Deno.errors.NotFound;
    const problem = missing ? "is missing" : `cannot be read (${messageOf(error)})`;
    throw new CheckpointError(`Cannot read checkpoint: ${path} ${problem}`, { cause: error });
  }
  const { sha256 } = describeFile(bytes);
  if (record !== null && sha256 !== record.sha256) {
    throw new CheckpointError(
      `Cannot read checkpoint: ${path} must have SHA-256 ${record.sha256}, found ${sha256}`,
    );
  }
  return bytes;
}
