/// <reference lib="dom" />
import { layOnWhite } from "../datasets/codecs/lay_on_white.ts";
import { fitImage } from "../datasets/fit_image.ts";
import type { FitImageOptions } from "../datasets/fit_image.ts";

/** A photograph of more pixels is drawn smaller first; browsers refuse canvases that are too large. */
const MAX_SIDE = 4096;

/**
 * Reads a picture as `predict` does: upright, on white, the largest centred square, resized, the centre cut out. The
 * browser decodes it, whose JPEG decoder may differ from ours by a few units.
 *
 * @param file A picture in any format that the browser reads.
 * @param options Sizes wanted.
 * @returns `[size, size, 3]` RGB, 0..255.
 * @throws the browser's error if it cannot read the file.
 */
export async function readPicture(file: Blob, options: FitImageOptions): Promise<Uint8Array> {
  const bitmap = await createImageBitmap(file, {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
    imageOrientation: "from-image",
  });
  const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return fitCanvas(canvas, options);
}

/**
 * Takes what is drawn on a canvas.
 *
 * @param canvas The canvas.
 * @param options Sizes wanted.
 * @returns `[size, size, 3]` RGB, 0..255.
 */
export function fitCanvas(canvas: HTMLCanvasElement, options: FitImageOptions): Uint8Array {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d")!.getImageData(0, 0, width, height);
  return fitImage({ width, height, data: layOnWhite(new Uint8Array(data.buffer)) }, options);
}
