import { join } from "node:path";
import { DataError } from "../errors.ts";
import { datasetSource } from "./dataset_catalog.ts";
import { type DatasetManifest, manifestFile } from "./dataset_manifest.ts";
import { downloadFolder, type FetchOptions, type LocalFetchOptions } from "./fetch_options.ts";
import { withFileLock } from "./file_lock.ts";
import { pathExists } from "../files/path_exists.ts";
import { installFolder, recoverFolder } from "./install_folder.ts";
import { stageDataset } from "./stage_dataset.ts";
import { localPath } from "../arguments/local_path.ts";
import { type OptionKind, requireOptions } from "../arguments/require_options.ts";
import { replaceFile } from "../files/atomic_write.ts";
import { verifyDataset } from "./verify_dataset.ts";

/** Kinds of the options; none can be forgotten. */
const OPTIONS: Readonly<Record<keyof FetchOptions, OptionKind>> = {
  directory: "any",
  from: "any",
  mirrors: "any",
  only: "any",
  force: "boolean",
  onProgress: "function",
  onNote: "function",
  signal: "signal",
  patience: "object",
  source: "object",
};

/** What `fetchDataset` returns. */
export interface FetchResult {
  /** Name of the dataset. */
  readonly name: string;
  /** Folder of the dataset. */
  readonly path: string;
  /** `present`: it was there and is in order. */
  readonly status: "installed" | "replaced" | "present";
  /** What was installed, file by file. */
  readonly manifest: DatasetManifest;
}

/** Checks the options; URLs of files become their paths. */
function withPaths(options: FetchOptions): LocalFetchOptions {
  requireOptions(options, OPTIONS, "options of fetchDataset");
  const pathOf = (key: "directory" | "from" | "only") =>
    localPath(options[key], `Cannot fetch a dataset: ${key}`);
  return {
    ...options,
    directory: pathOf("directory"),
    from: options.from === undefined ? undefined : pathOf("from"),
    only: options.only === undefined ? undefined : pathOf("only"),
  };
}

/**
 * Installs a dataset: downloads, copies or draws it, checks it, and puts it into its folder in one step.
 *
 * @param name Name in the catalogue.
 * @param given Where from and where to.
 * @returns Where it is and what was installed.
 * @throws {DataError} if it cannot be had or is not what it should be; what was there stays.
 * @throws {UsageError} if the name or an option is unknown.
 * @throws {TypeError} if an option is of another type.
 * @throws {RangeError} if a path is empty.
 */
export async function fetchDataset(name: string, given: FetchOptions): Promise<FetchResult> {
  const options = withPaths(given);
  const source = options.source ?? datasetSource(name);
  const path = join(options.directory, source.folder);
  const lock = join(options.directory, `.${source.folder}.lock`);
  return await withFileLock(lock, async () => {
    await recoverFolder(path);
    const isThere = await pathExists(path);
    if (isThere && !options.force) {
      if (options.only !== undefined) {
        throw new DataError(
          `Cannot keep the images of ${options.only}: ${path} is there already; give another --directory, or replace ` +
            "it with --force",
        );
      }
      return { name, path, status: "present", manifest: await requireIntact(name, options) };
    }
    const downloads = downloadFolder(options.directory, source);
    let manifest: DatasetManifest;
    try {
      manifest = await installFolder(path, async (stage) => {
        const staged = await stageDataset(source, stage, options);
        // Who has asked to stop gets nothing installed.
        options.signal?.throwIfAborted();
        await replaceFile(join(stage, manifestFile), `${JSON.stringify(staged, null, 2)}\n`);
        return staged;
      });
    } catch (error) {
      // Goes only if it is empty: a part waits there for the next attempt.
      await Deno.remove(downloads).catch(() => {});
      throw error;
    }
    // The archive goes only now: until the data stands, it would have to be fetched again.
    await Deno.remove(downloads, { recursive: true }).catch(() => {});
    return { name, path, status: isThere ? "replaced" : "installed", manifest };
  }, {
    onWait: () => options.onNote?.(`another process is fetching ${name}, waiting`),
    signal: options.signal,
  });
}

/** The manifest of a dataset that is there; refuses to go on if it is not in order. */
async function requireIntact(
  name: string,
  options: LocalFetchOptions,
): Promise<DatasetManifest> {
  const found = await verifyDataset(name, options);
  if (found.status === "complete" && found.manifest !== null) return found.manifest;
  throw new DataError(
    `Cannot install ${name}: ${found.path} is there but ${found.problems[0]}; ` +
      `move it away, or replace it with --force`,
  );
}
