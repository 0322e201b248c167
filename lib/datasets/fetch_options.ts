import { join } from "node:path";
import type { DatasetSource } from "./dataset_catalog.ts";
import type { DownloadOptions } from "./download.ts";

/** How far a fetch has come. */
export interface FetchProgress {
  /** What is going on. */
  readonly text: string;
  /** What is counted. */
  readonly unit: "bytes" | "images";
  /** Bytes or images done. */
  readonly done: number;
  /** `null` while unknown. */
  readonly total: number | null;
}

/** Options of `fetchDataset`; files and folders are paths or `file:` URLs. */
export interface FetchOptions {
  /** Data directory; the dataset gets its own folder in it. */
  readonly directory: string | URL;
  /** A local archive (.tar.gz) or folder to take the data from instead of an address. */
  readonly from?: string | URL | undefined;
  /** More addresses of the archive, tried before the publisher's. */
  readonly mirrors?: readonly string[] | undefined;
  /** A list of the training images to keep, as `readDigestList` reads it; only for CIFAR. */
  readonly only?: string | URL | undefined;
  /**
   * Replaces what is there, once the new data is complete.
   *
   * @default false
   */
  readonly force?: boolean | undefined;
  /** Called from time to time while data arrives. */
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined;
  /** Called with a few words about retries, other addresses and waiting. */
  readonly onNote?: ((text: string) => void) | undefined;
  /** Ends the fetch; what has arrived is kept for the next one. */
  readonly signal?: AbortSignal | undefined;
  /** Patience of the download. */
  readonly patience?:
    | Pick<DownloadOptions, "stallTimeout" | "retries" | "retryDelay" | "maxRetryAfter">
    | undefined;
  /** Another source than the catalogue's. */
  readonly source?: DatasetSource | undefined;
}

/** The same with the paths of files and folders. */
export interface LocalFetchOptions extends Omit<FetchOptions, "directory" | "from" | "only"> {
  /** As in `FetchOptions`. */
  readonly directory: string;
  /** As in `FetchOptions`. */
  readonly from?: string | undefined;
  /** As in `FetchOptions`. */
  readonly only?: string | undefined;
}

/**
 * Folder in which a download waits for its completion.
 *
 * @param directory Data directory.
 * @param source Dataset.
 * @returns Path of the folder.
 */
export function downloadFolder(directory: string, source: DatasetSource): string {
  return join(directory, `.${source.folder}.download`);
}
