import { decodeInParallel } from "../datasets/decode_in_parallel.ts";
import { DataError } from "../errors.ts";
import { loadPicture, type PictureSize } from "./picture.ts";

/** Files from which on threads are worth their start. */
const MIN_PARALLEL = 24;

/** Pictures at a model's size, and the files that are none. */
export interface PreparedPictures {
  /** Files that were read, in their order. */
  readonly names: readonly string[];
  /** Pixels `[size, size, 3]` of each. */
  readonly pictures: readonly Uint8Array[];
  /** What is wrong with the others, by their position among all. */
  readonly failures: ReadonlyMap<number, DataError>;
}

/** Options of {@linkcode loadPreparedPictures}. */
export interface LoadPreparedOptions extends PictureSize {
  /** Hears how many files have been read. */
  readonly onLoaded: (done: number) => void;
}

/** Whether threads can read a file: a pipe can be read once, and only by whoever opens it first. */
async function isPlainFile(file: string): Promise<boolean> {
  try {
    return (await Deno.stat(file)).isFile;
  } catch {
    return false;
  }
}

/**
 * Reads picture files and brings them to a model's size, many of them on several threads.
 *
 * @param files Paths.
 * @param options Sizes, and who hears how far it has come.
 * @returns Pictures and failures.
 */
export async function loadPreparedPictures(
  files: readonly string[],
  options: LoadPreparedOptions,
): Promise<PreparedPictures> {
  const { size, resizeTo, onLoaded } = options;
  const found = new Map<number, Uint8Array>();
  const failures = new Map<number, DataError>();
  const tell = () => onLoaded(found.size + failures.size);
  const arePlain = await Promise.all(files.map(isPlainFile));
  const parallel = [...files.keys()].filter((position) => arePlain[position]);
  const isMany = parallel.length >= MIN_PARALLEL;
  if (isMany) {
    await decodeInParallel(parallel.map((position) => files[position]!), {
      ...{ side: size, resizeTo },
      receive: (at, { pixels }) => {
        found.set(parallel[at]!, pixels);
        tell();
      },
      refuse: (at, error) => {
        failures.set(parallel[at]!, error);
        tell();
      },
    });
  }
  for (const [position, file] of files.entries()) {
    if (isMany && arePlain[position]) continue;
    try {
      found.set(position, await loadPicture(file, { name: file, size, resizeTo }));
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      failures.set(position, error);
    }
    tell();
  }
  const positions = [...found.keys()].sort((one, other) => one - other);
  return {
    names: positions.map((position) => files[position]!),
    pictures: positions.map((position) => found.get(position)!),
    failures,
  };
}
