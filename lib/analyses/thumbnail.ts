import { encode } from "fast-png";
import { resizeImage } from "../datasets/resize_image.ts";
import type { ImageDataset } from "../datasets/dataset.ts";

/**
 * A small picture of an image, for a page.
 *
 * @param dataset The images.
 * @param index Which one.
 * @param longest Longest side in pixels; smaller images stay as they are.
 * @returns `data:image/png;base64,...`.
 */
export async function thumbnailOf(
  dataset: ImageDataset,
  index: number,
  longest: number,
): Promise<string> {
  const { height, width } = dataset;
  const picture = { height, width, data: await dataset.read([index]) };
  const scale = Math.min(1, longest / Math.max(height, width));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  const small = scale < 1
    ? resizeImage(picture, { height: side(height), width: side(width) })
    : picture;
  const png = encode({ ...small, channels: 3, depth: 8 });
  return `data:image/png;base64,${png.toBase64()}`;
}
