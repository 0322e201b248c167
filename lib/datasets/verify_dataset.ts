import { basename, join } from "node:path";
import { DataError } from "../errors.ts";
import { type DatasetSource, datasetSource, datasetSources } from "./dataset_catalog.ts";
import {
  type DatasetManifest,
  findProblems,
  manifestFile,
  readManifest,
} from "./dataset_manifest.ts";
import type { FetchProgress } from "./fetch_options.ts";
import { pathExists } from "../files/path_exists.ts";

/** What `verifyDataset` found. */
export interface Verification {
  readonly name: string;
  /** Folder of the dataset. */
  readonly path: string;
  /** `foreign`: a folder that `fetch-data` did not install. */
  readonly status: "missing" | "complete" | "damaged" | "foreign";
  /** One line per problem. */
  readonly problems: readonly string[];
  readonly manifest: DatasetManifest | null;
}

/** Options of `verifyDataset`. */
export interface VerifyOptions {
  /** Data directory. */
  readonly directory: string;
  /**
   * Digests every file; otherwise lengths are compared.
   *
   * @default true
   */
  readonly deep?: boolean | undefined;
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Another source than the catalogue's. */
  readonly source?: DatasetSource | undefined;
}

/**
 * Checks an installed dataset against the lengths and digests of its manifest.
 *
 * @param name Name in the catalogue.
 * @param options Where it is.
 * @returns What was found; a damaged dataset is an answer, not an error.
 * @throws {UsageError} if the name is unknown.
 */
export async function verifyDataset(name: string, options: VerifyOptions): Promise<Verification> {
  const source = options.source ?? datasetSource(name);
  const path = join(options.directory, source.folder);
  if (!await pathExists(path)) {
    return { name, path, status: "missing", problems: [`${path} does not exist`], manifest: null };
  }
  let manifest: DatasetManifest | null;
  try {
    manifest = await readManifest(path);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { name, path, status: "damaged", problems: [error.message], manifest: null };
  }
  if (manifest === null) {
    const problems = [`it has no ${manifestFile}: fetch-data did not install it`];
    return { name, path, status: "foreign", problems, manifest };
  }
  if (manifest.dataset !== name) {
    const problems = [`its ${manifestFile} belongs to ${manifest.dataset}`];
    return { name, path, status: "damaged", problems, manifest };
  }
  const problems = await findProblems(path, manifest, {
    deep: options.deep ?? true,
    onProgress: (done, total) =>
      options.onProgress?.({ text: `checking ${basename(path)}`, unit: "bytes", done, total }),
    signal: options.signal,
  });
  return { name, path, status: problems.length === 0 ? "complete" : "damaged", problems, manifest };
}

/**
 * Looks which datasets of the catalogue are installed; lengths are compared, digests not.
 *
 * @param directory Data directory.
 * @returns One entry per dataset, in the order of the catalogue.
 */
export async function listDatasets(
  directory: string,
): Promise<readonly (Verification & { readonly description: string })[]> {
  return await Promise.all(datasetSources.map(async (source) => ({
    ...await verifyDataset(source.name, { directory, deep: false }),
    description: source.description,
  })));
}
