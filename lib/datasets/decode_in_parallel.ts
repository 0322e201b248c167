import { Worker } from "node:worker_threads";
import { DataError } from "../errors.ts";
import type { DecodeAnswer } from "./decode_worker.ts";

/** Requests that a worker has at a time: one to work on, one waiting. */
const QUEUE_LENGTH = 2;

/** Most workers; more would wait for the disk. */
const MAX_WORKERS = 8;

/**
 * The error for an image file that cannot be opened.
 *
 * @param file Path of the file.
 * @param cause What the system said.
 */
export function unreadableImage(file: string, cause: unknown): DataError {
  return new DataError(
    `Cannot read image: ${file} cannot be opened; put it back or load the folder again`,
    { cause },
  );
}

function errorOf(file: string, { kind, message }: NonNullable<DecodeAnswer["failure"]>): DataError {
  return kind === "read" ? unreadableImage(file, new Error(message)) : new DataError(message);
}

/**
 * Decodes image files on several threads, while the caller's goes on. The workers end with the call.
 *
 * @param files Paths of PNG or JPEG files.
 * @param options Side in pixels of the squares wanted; `receive` is called with every picture as it comes, in any order,
 * pixels `[side, side, 3]`.
 * @throws {DataError} if a file cannot be opened or decoded, as when they are read one by one.
 */
export async function decodeInParallel(
  files: readonly string[],
  options: {
    readonly side: number;
    readonly receive: (position: number, pixels: Uint8Array) => void;
  },
): Promise<void> {
  const { side, receive } = options;
  const cores = Math.max(navigator.hardwareConcurrency, 1);
  const workers = Array.from(
    { length: Math.min(cores, MAX_WORKERS, files.length) },
    () => new Worker(new URL("./decode_worker.ts", import.meta.url)),
  );
  let asked = 0;
  let answered = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      const ask = (worker: Worker) => {
        if (asked === files.length) return;
        worker.postMessage({ position: asked, file: files[asked], side });
        asked += 1;
      };
      for (const worker of workers) {
        worker.on("error", reject);
        worker.on("message", ({ position, pixels, failure }: DecodeAnswer) => {
          if (failure !== null) return reject(errorOf(files[position]!, failure));
          receive(position, pixels!);
          answered += 1;
          if (answered === files.length) resolve();
          else ask(worker);
        });
        for (let waiting = 0; waiting < QUEUE_LENGTH; waiting++) ask(worker);
      }
      if (files.length === 0) resolve();
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
