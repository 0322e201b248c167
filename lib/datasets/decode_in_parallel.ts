import { Worker } from "node:worker_threads";
import { DataError } from "../errors.ts";
import { MAX_PIXELS } from "./decode_image.ts";
import type { DecodeAnswer, DecodeRequest } from "./decode_worker.ts";
import { type PreparedFile, prepareFile } from "./prepare_file.ts";

/** Requests that a worker has at a time: one to work on, one waiting. */
const QUEUE_LENGTH = 2;

/** Most workers; more would wait for the disk. */
const MAX_WORKERS = 8;

/** Options of {@linkcode decodeInParallel}. */
export interface DecodeInParallelOptions {
  /** Side in pixels of the squares wanted. */
  readonly side: number;
  /**
   * Side in pixels to which pictures are resized before the centre is cut out.
   *
   * @default side
   */
  readonly resizeTo?: number;
  /** Called with every picture as it comes, in any order. */
  readonly receive: (position: number, image: PreparedFile) => void;
  /**
   * Called with every file that cannot be read or decoded.
   *
   * @default the first one ends the call with its error
   */
  readonly refuse?: (position: number, error: DataError) => void;
  /**
   * Largest picture that is decoded beside others, in pixels.
   *
   * @default 64 million, divided by the number of workers: together they take no more memory than one picture may
   */
  readonly maxPixels?: number;
  /**
   * Program of the workers.
   *
   * @default decode_worker.ts
   */
  readonly worker?: URL;
}

interface Crew {
  readonly workers: readonly Worker[];
  readonly files: readonly string[];
  readonly options: DecodeInParallelOptions;
}

function failure(cause: unknown): DataError {
  return new DataError(
    "Cannot read images: a thread that decodes them ended before its time; run the command again, with more memory if " +
      "that is short",
    { cause },
  );
}

/** Deals the files out; returns the positions of those that no worker decoded. */
function distributeFiles({ workers, files, options }: Crew): Promise<number[]> {
  const { side, resizeTo = side, receive } = options;
  const { maxPixels = Math.floor(MAX_PIXELS / Math.max(workers.length, 1)) } = options;
  const left: number[] = [];
  let asked = 0;
  let answered = 0;
  const { promise, resolve, reject } = Promise.withResolvers<number[]>();
  const ask = (worker: Worker) => {
    if (asked === files.length) return;
    const request: DecodeRequest = {
      position: asked,
      file: files[asked]!,
      side,
      resizeTo,
      maxPixels,
    };
    worker.postMessage(request);
    asked += 1;
  };
  for (const worker of workers) {
    worker.on("error", (error) => reject(failure(error)));
    // A worker that is gone without an answer would be waited for without an end.
    worker.on("exit", (code) => reject(failure(new Error(`exit code ${code}`))));
    worker.on("message", ({ position, image }: DecodeAnswer) => {
      if (image === null) left.push(position);
      else receive(position, image);
      answered += 1;
      if (answered === files.length) resolve(left);
      else ask(worker);
    });
    for (let waiting = 0; waiting < QUEUE_LENGTH; waiting++) ask(worker);
  }
  if (files.length === 0) resolve(left);
  return promise;
}

/**
 * Decodes image files on several threads, while the caller's goes on. The workers end with the call. Files that are too
 * large to be decoded beside each other are decoded one after the other.
 *
 * @param files Paths of image files.
 * @param options Size, and who receives the pictures.
 * @throws {DataError} if a worker ends, or a file cannot be opened or decoded and nobody hears of it.
 */
export async function decodeInParallel(
  files: readonly string[],
  options: DecodeInParallelOptions,
): Promise<void> {
  const {
    side: size,
    resizeTo = size,
    receive,
    refuse,
    worker = new URL("./decode_worker.ts", import.meta.url),
  } = options;
  const cores = Math.max(navigator.hardwareConcurrency, 1);
  const length = Math.min(cores, MAX_WORKERS, files.length);
  const workers = Array.from({ length }, () => new Worker(worker));
  let left: number[];
  try {
    left = await distributeFiles({ workers, files, options });
  } finally {
    await Promise.all(workers.map((each) => each.terminate()));
  }
  for (const position of left.sort((a, b) => a - b)) {
    try {
      receive(position, await prepareFile(files[position]!, { size, resizeTo }));
    } catch (error) {
      if (!(refuse !== undefined && error instanceof DataError)) throw error;
      refuse(position, error);
    }
  }
}
