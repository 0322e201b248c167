import { isObject } from "../files/is_object.ts";
import { createHash } from "node:crypto";
import { CheckpointError } from "../errors.ts";

/** Version of the layout of a checkpoint folder. */
export const formatVersion = 1;

/** The file of a checkpoint that lists all others; written last. */
export const manifestName = "manifest.json";

/** What is known of one file of a checkpoint. */
export interface FileRecord {
  readonly bytes: number;
  /** SHA-256, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** The content of a checkpoint's manifest. */
export interface CheckpointManifest {
  readonly formatVersion: number;
  readonly step: number;
  readonly files: ReadonlyMap<string, FileRecord>;
}

const fileNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * Tells whether a checkpoint may hold a file of this name: a plain name without a path, and not the manifest's.
 *
 * @param name A file name.
 * @returns Whether it is allowed.
 */
export function isCheckpointFileName(name: string): boolean {
  return fileNamePattern.test(name) && name.toLowerCase() !== manifestName;
}

/**
 * Describes the content of a file.
 *
 * @param bytes The content.
 * @returns Length and SHA-256.
 */
export function describeFile(bytes: Uint8Array): FileRecord {
  return { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/**
 * Writes a manifest as JSON. Equal manifests give equal text: files are ordered by name.
 *
 * @param manifest The manifest.
 * @returns JSON text with a final line break.
 */
export function encodeManifest(manifest: CheckpointManifest): string {
  const files = [...manifest.files].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, { bytes, sha256 }]) => [name, { bytes, sha256 }] as const);
  const { formatVersion, step } = manifest;
  return `${JSON.stringify({ formatVersion, step, files: Object.fromEntries(files) }, null, 2)}\n`;
}

/**
 * Reads a manifest. It must have exactly the form in which {@linkcode encodeManifest} writes it, so that no changed
 * bit goes unnoticed, not even one that doubles a name.
 *
 * @param text The JSON text.
 * @param source What is read, for messages.
 * @returns The manifest.
 * @throws {CheckpointError} If it is damaged, or written by a later version.
 */
export function parseManifest(text: string, source: string): CheckpointManifest {
  const manifest = readFields(text);
  if (manifest !== null && manifest.formatVersion > formatVersion) {
    throw new CheckpointError(
      `Cannot read checkpoint: formatVersion must be at most ${formatVersion}, ${source} has ` +
        `${manifest.formatVersion}; update Puppet-CNN`,
    );
  }
  if (manifest === null || encodeManifest(manifest) !== text) {
    throw new CheckpointError(
      `Cannot read checkpoint: ${source} must have the form in which manifests are written; it is damaged`,
    );
  }
  return manifest;
}

/** The fields of a manifest, or `null` if it is none. */
function readFields(text: string): CheckpointManifest | null {
  const json = parseJson(text);
  if (!isObject(json) || !isObject(json["files"])) return null;
  const { formatVersion, step } = json;
  if (!isCount(formatVersion) || formatVersion < 1 || !isCount(step)) return null;
  const files = new Map<string, FileRecord>();
  for (const [name, record] of Object.entries(json["files"])) {
    if (!isCheckpointFileName(name) || !isObject(record)) return null;
    const { bytes, sha256 } = record;
    if (!isCount(bytes) || typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) {
      return null;
    }
    files.set(name, { bytes, sha256 });
  }
  return { formatVersion, step, files };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
