/**
 * Worker that decodes image files: the body of `decodeInParallel`. It answers every request with the pixels, or with the
 * message of what failed.
 */
import { readFile } from "node:fs/promises";
import { parentPort } from "node:worker_threads";
import { prepareImage } from "./prepare_image.ts";

/** What the worker is asked. */
export interface DecodeRequest {
  /** Position in the list of files, given back with the answer. */
  readonly position: number;
  /** Path of a PNG or JPEG file. */
  readonly file: string;
  /** Side in pixels of the square wanted. */
  readonly side: number;
}

/** What the worker answers. */
export interface DecodeAnswer {
  /** Position in the list of files. */
  readonly position: number;
  /** Pixels `[side, side, 3]`, or `null` if the file could not be decoded. */
  readonly pixels: Uint8Array | null;
  /** What failed: reading, or decoding with its message; `null` if nothing did. */
  readonly failure: { readonly kind: "read" | "decode"; readonly message: string } | null;
}

async function answer({ position, file, side }: DecodeRequest): Promise<DecodeAnswer> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { position, pixels: null, failure: { kind: "read", message } };
  }
  try {
    return { position, pixels: prepareImage(bytes, file, side), failure: null };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { position, pixels: null, failure: { kind: "decode", message } };
  }
}

parentPort?.on("message", async (request: DecodeRequest) => {
  const found = await answer(request);
  parentPort!.postMessage(found, found.pixels === null ? [] : [found.pixels.buffer as ArrayBuffer]);
});
