/**
 * Worker that decodes image files: the body of `decodeInParallel`. It answers every request with the pixels, or with
 * `null` for a file that it cannot decode or that is too large to be decoded beside others.
 */
import { parentPort } from "node:worker_threads";
import { prepareImage } from "./prepare_image.ts";
import { readImageFile } from "./read_image_file.ts";

/** What the worker is asked. */
export interface DecodeRequest {
  /** Position in the list of files, given back with the answer. */
  readonly position: number;
  /** Path of a PNG or JPEG file. */
  readonly file: string;
  /** Side in pixels of the square wanted. */
  readonly side: number;
  /** Largest picture that is decoded, in pixels. */
  readonly maxPixels: number;
}

/** What the worker answers. */
export interface DecodeAnswer {
  /** Position in the list of files. */
  readonly position: number;
  /** Pixels `[side, side, 3]`; `null` if the file was not decoded, and whoever asked has to find out why. */
  readonly pixels: Uint8Array | null;
}

async function answer(request: DecodeRequest): Promise<DecodeAnswer> {
  const { position, file, side: size, maxPixels } = request;
  try {
    const pixels = prepareImage(await readImageFile(file), { file, size, maxPixels });
    return { position, pixels };
  } catch {
    return { position, pixels: null };
  }
}

parentPort?.on("message", async (request: DecodeRequest) => {
  const found = await answer(request);
  parentPort!.postMessage(found, found.pixels === null ? [] : [found.pixels.buffer as ArrayBuffer]);
});
