import { join } from "node:path";
import { z } from "zod";
import { DataError } from "../errors.ts";
import { readBoundedText } from "../read_bounded.ts";
import { digestFile } from "./file_digest.ts";
import { pathExists } from "../files/path_exists.ts";

/** File beside the data that says what was installed. */
export const manifestFile = "manifest.json";

/** Longest manifest that is read; the 60,000 files of mini-ImageNet take some 9 MB. */
const MAX_MANIFEST_BYTES = 64e6;

/** A manifest is data: a name in it must not lead out of its folder. */
function isInside(name: string): boolean {
  return name.split(/[/\\]/).every((part) => !["", ".", ".."].includes(part));
}

const fileSchema = z.strictObject({
  name: z.string().refine(isInside),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const manifestSchema = z.strictObject({
  formatVersion: z.literal(1),
  dataset: z.string(),
  source: z.strictObject({
    kind: z.enum(["url", "archive", "folder", "generated"]),
    location: z.string(),
  }),
  official: z.boolean(),
  archive: z.strictObject({ bytes: z.int(), md5: z.string(), sha256: z.string() }).nullable(),
  files: z.array(fileSchema),
});

/** An installed file. */
export interface ManifestFile {
  /** Path below the folder, with `/`. */
  readonly name: string;
  /** Length in bytes. */
  readonly bytes: number;
  /** SHA-256, 64 hexadecimal digits. */
  readonly sha256: string;
}

/** What `fetch-data` installed, and where it came from. */
export interface DatasetManifest {
  /** Version of the manifest's form. */
  readonly formatVersion: 1;
  /** Name of the dataset. */
  readonly dataset: string;
  /** The address, archive or folder it came from. */
  readonly source: {
    readonly kind: "url" | "archive" | "folder" | "generated";
    readonly location: string;
  };
  /** Whether the archive had the digest that the publisher gives. */
  readonly official: boolean;
  /** Digests of the archive; `null` where there was none. */
  readonly archive:
    | { readonly bytes: number; readonly md5: string; readonly sha256: string }
    | null;
  /** Every file with its size and digest. */
  readonly files: readonly ManifestFile[];
}

/**
 * Reads the manifest of an installed dataset.
 *
 * @param folder Folder of the dataset.
 * @returns The manifest, `null` if there is none.
 * @throws {DataError} if there is one but it is damaged.
 */
export async function readManifest(folder: string): Promise<DatasetManifest | null> {
  const path = join(folder, manifestFile);
  if (!await pathExists(path)) return null;
  try {
    return manifestSchema.parse(
      JSON.parse(await readBoundedText(path, { maxBytes: MAX_MANIFEST_BYTES, refusal: DataError })),
    );
  } catch (error) {
    throw new DataError(
      `Cannot read manifest: ${path} is damaged; install the data again with fetch-data --force`,
      { cause: error },
    );
  }
}

/**
 * Compares an installed folder with its manifest.
 *
 * @param folder Folder of the dataset.
 * @param manifest What should be there.
 * @param options `deep` digests every file (default), otherwise lengths are compared; progress in bytes.
 * @returns One line per problem; none if all is well.
 */
export async function findProblems(
  folder: string,
  manifest: DatasetManifest,
  options: {
    readonly deep?: boolean;
    readonly onProgress?: ((done: number, total: number) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<readonly string[]> {
  const { deep = true, onProgress, signal } = options;
  const total = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
  const problems: string[] = [];
  let done = 0;
  for (const expected of manifest.files) {
    const path = join(folder, expected.name);
    const size = await fileSize(path);
    if (size === null) problems.push(`${expected.name} is missing`);
    else if (size !== expected.bytes) {
      problems.push(`${expected.name} has ${size} bytes, ${expected.bytes} are expected`);
    } else if (deep) {
      const before = done;
      const { sha256 } = await digestFile(path, {
        onProgress: (bytes) => onProgress?.(before + bytes, total),
        signal,
      });
      if (sha256 !== expected.sha256) problems.push(`${expected.name} has changed (SHA-256)`);
    }
    done += expected.bytes;
  }
  const known = new Set([manifestFile, ...manifest.files.map(({ name }) => name)]);
  for (const name of await listFiles(folder)) {
    // The loaders read what they find: a file that was added would be trained on.
    if (!known.has(name)) problems.push(`${name} was not installed`);
  }
  return problems;
}

async function fileSize(path: string): Promise<number | null> {
  try {
    const status = await Deno.stat(path);
    return status.isFile ? status.size : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw error;
  }
}

/** Paths of all files below a folder, hidden ones left out, sorted. */
async function listFiles(folder: string, prefix = ""): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(join(folder, prefix))) {
    if (entry.name.startsWith(".")) continue;
    const name = `${prefix}${entry.name}`;
    if (entry.isDirectory) names.push(...await listFiles(folder, `${name}/`));
    else names.push(name);
  }
  return names.sort();
}
