/**
 * Worker that decodes image files: the body of `decodeInParallel`. It answers every request with the pixels, or with
 * `null` for a file that it cannot decode or that is too large to be decoded beside others.
 */
import { parentPort } from "node:worker_threads";
import { type PreparedFile, prepareFile } from "./prepare_file.ts";

/** What the worker is asked. */
export interface DecodeRequest {
  /** Position in the list of files, given back with the answer. */
  readonly position: number;
  /** Path of a PNG, JPEG or WebP file. */
  readonly file: string;
  /** Side in pixels of the square wanted. */
  readonly side: number;
  /** Side to which the picture is resized before the centre is cut out. */
  readonly resizeTo: number;
  /** Largest picture that is decoded, in pixels. */
  readonly maxPixels: number;
}

/** What the worker answers. */
export interface DecodeAnswer {
  /** Position in the list of files. */
  readonly position: number;
  /** The image; `null` if the file was not decoded, and whoever asked has to find out why. */
  readonly image: PreparedFile | null;
}

async function answer(
  { position, file, side: size, resizeTo, maxPixels }: DecodeRequest,
): Promise<DecodeAnswer> {
  try {
    return { position, image: await prepareFile(file, { size, resizeTo, maxPixels }) };
  } catch {
    return { position, image: null };
  }
}

parentPort?.on("message", async (request: DecodeRequest) => {
  const found = await answer(request);
  const transfer = found.image === null ? [] : [found.image.pixels.buffer as ArrayBuffer];
  parentPort!.postMessage(found, transfer);
});
