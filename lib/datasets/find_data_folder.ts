import { join } from "node:path";
import { DataError } from "../errors.ts";
import { pathExists } from "../files/path_exists.ts";
import { quoteWord } from "../safe_text.ts";

/** What `findDataFolder` looks for. */
export interface DataFolderSearch {
  /** Name of the dataset, for the message. */
  readonly name: string;
  /** Name of the dataset's own folder. */
  readonly folder: string;
  /** A file or folder of one of these names marks the right place. */
  readonly markers: readonly string[];
}

/**
 * Finds a dataset in a folder or in the dataset's own folder inside it, so that both
 * `--data data` and `--data data/cifar-10-batches-bin` work.
 *
 * @param directory Where the user said the data is.
 * @param search Names to look for.
 * @returns The folder that holds one of the markers, or `null`.
 */
export async function findDataFolder(
  directory: string,
  search: DataFolderSearch,
): Promise<string | null> {
  for (const folder of [directory, join(directory, search.folder)]) {
    for (const marker of search.markers) {
      if (await pathExists(join(folder, marker))) return folder;
    }
  }
  return null;
}

/**
 * Whether a folder holds others, as one with pictures of one's own does.
 *
 * @param directory The folder.
 * @returns The answer; `false` for what is no folder or cannot be read.
 */
export function holdsFolders(directory: string): boolean {
  try {
    return [...Deno.readDirSync(directory)].some(({ isDirectory }) => isDirectory);
  } catch {
    // What is wrong with it is said by whoever looks into it.
    return false;
  }
}

/**
 * The error for a dataset that is not there.
 *
 * @param directory Where it was looked for.
 * @param search What was looked for.
 * @returns The error, which names the command that fetches the data.
 */
export function missingDataset(directory: string, search: DataFolderSearch): DataError {
  const missing = `Cannot load ${search.name}: ${search.markers.join(" or ")} must be in ` +
    `${directory} or ${join(directory, search.folder)}`;
  const fetching = `fetch it with "fetch-data ${search.name} --directory ${quoteWord(directory)}"`;
  return new DataError(
    holdsFolders(directory)
      ? `${missing}; if these are pictures of your own, train on them with --dataset folder; else ${fetching}, or name the folder ` +
        "that holds it (--data)"
      : `${missing}; ${fetching}, or name the folder that holds it (--data)`,
  );
}
