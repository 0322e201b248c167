import { isAbsolute, join } from "node:path";
import { DataError } from "../errors.ts";
import { readImageSize } from "./decode_image.ts";
import { readFolderLayout } from "./folder_layout.ts";
import { readImageFile } from "./read_image_file.ts";

/** Images that are looked at. */
const SAMPLE = 40;

/** Side of the images that CIFAR made common, and twice that, for photographs: four times the work. */
const [SMALL, LARGE] = [32, 64];

/** Photographs are resized to this many times the side, and the images cut out of them: at random in training. */
const MARGIN = 9 / 8;

/** Sizes for a folder's images. */
export interface SuggestedSize {
  /** Side in pixels of the images as the model sees them. */
  readonly imageSize: number;
  /** Side to which pictures are resized before; `null` where nothing is cut. */
  readonly resizeTo: number | null;
  /** Median of the shorter sides of the pictures looked at. */
  readonly medianSide: number;
}

async function shorterSide(file: string): Promise<number | null> {
  try {
    const { width, height } = readImageSize(await readImageFile(file));
    return Math.min(width, height);
  } catch (error) {
    // What cannot be read is named, with all others, when the images are decoded.
    if (error instanceof DataError || error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * Suggests at which size a folder's images are to be learned, by the sizes of a few of them.
 *
 * @param directory The folder, or a list of images.
 * @returns Sizes; `null` if none of the images looked at can be read.
 * @throws {DataError} if the folder is arranged in no way that is known.
 */
export async function suggestImageSize(directory: string): Promise<SuggestedSize | null> {
  const { directory: root, train: { files } } = await readFolderLayout(directory);
  // Files are sorted by class: the first ones would be of the first classes only.
  const sample = Array.from(
    { length: Math.min(SAMPLE, files.length) },
    (_, at) => files[Math.floor(at * Math.max(1, files.length / SAMPLE))]!,
  );
  const sides = await Promise.all(
    sample.map((file) => shorterSide(isAbsolute(file) ? file : join(root, file))),
  );
  const known = sides.filter((side) => side !== null).sort((one, other) => one - other);
  const medianSide = known[known.length >> 1];
  if (medianSide === undefined) return null;
  if (medianSide < LARGE * MARGIN) return { imageSize: SMALL, resizeTo: null, medianSide };
  return { imageSize: LARGE, resizeTo: LARGE * MARGIN, medianSide };
}
