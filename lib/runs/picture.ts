import { fileURLToPath } from "node:url";
import { checkRgbImage } from "../complexity/grey_image.ts";
import { fitImage } from "../datasets/fit_image.ts";
import { prepareImage } from "../datasets/prepare_image.ts";
import { MAX_IMAGE_FILE_BYTES } from "../datasets/read_image_file.ts";
import { DataError } from "../errors.ts";
import { describePathFailure } from "../files/path_failure.ts";
import { readBounded } from "../read_bounded.ts";
import type { RgbImage } from "../complexity/complexity_measure.ts";

/** A picture of any size: the path or `file:` URL of an image file, or pixels. */
export type Picture = string | URL | RgbImage;

/** How a picture is brought to a model's size. */
export interface PictureSize {
  /** Side of the model's square images in pixels. */
  readonly size: number;
  /** Side to which the picture is resized before the centre is cut out. */
  readonly resizeTo: number;
}

async function readFile(file: string): Promise<Uint8Array> {
  try {
    const bounds = { maxBytes: MAX_IMAGE_FILE_BYTES, refusal: DataError, pipe: true };
    return await readBounded(file, bounds);
  } catch (error) {
    if (error instanceof Deno.errors.IsADirectory) {
      throw new DataError(`Cannot read image ${file}: it is a folder; give the files in it`, {
        cause: error,
      });
    }
    const failure = describePathFailure(error);
    if (failure === null) throw error;
    throw new DataError(`Cannot read image ${file}: ${failure}; name another`, { cause: error });
  }
}

/**
 * What a picture is called in answers and messages.
 *
 * @param picture The picture.
 * @param index Its place among others, from 0.
 * @returns The path as it was given; `image 1` for the first of pixels.
 */
export function nameOfPicture(picture: Picture, index: number): string {
  if (typeof picture === "string") return picture;
  return picture instanceof URL ? fileURLToPath(picture) : `image ${index + 1}`;
}

/**
 * Brings a picture to the form that a model takes, as its training images were.
 *
 * @param picture The picture.
 * @param options Its name for messages, and the sizes.
 * @returns `[size, size, 3]` RGB, row-major, uint8, 0..255.
 * @throws {DataError} if a file is missing, or no picture that is read.
 * @throws {RangeError} if the number of pixels does not agree with height and width.
 * @throws {TypeError} if it is none of a picture's forms, pixels are not bytes, or a URL is none of a file.
 */
export async function loadPicture(
  picture: Picture,
  options: PictureSize & { readonly name: string },
): Promise<Uint8Array> {
  const { name: file, size, resizeTo } = options;
  if (typeof picture === "string" || picture instanceof URL) {
    return prepareImage(await readFile(file), { file, size, resizeTo });
  }
  if (typeof picture !== "object" || picture === null) {
    throw new TypeError(
      `Cannot classify ${file}: it must be a path, a URL or { pixels, height, width }`,
    );
  }
  const { pixels: data, height, width } = picture;
  checkRgbImage(picture, `classify ${file}`);
  return fitImage({ data, height, width }, { size, resizeTo });
}
