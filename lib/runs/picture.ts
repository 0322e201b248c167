import { describeGiven } from "../arguments/describe_given.ts";
import { localPath } from "../arguments/local_path.ts";
import { checkRgbImage } from "../complexity/grey_image.ts";
import { fitImage } from "../datasets/fit_image.ts";
import { prepareImage } from "../datasets/prepare_image.ts";
import { MAX_IMAGE_FILE_BYTES } from "../datasets/read_image_file.ts";
import { DataError } from "../errors.ts";
import { describePathFailure, isNotUtf8 } from "../files/path_failure.ts";
import { readBounded } from "../read_bounded.ts";
import type { RgbImage } from "../complexity/complexity_measure.ts";

/**
 * A picture of any size: the path or `file:` URL of an image file, its content (PNG, JPEG or WebP, as an upload or a
 * download has it), or pixels.
 */
export type Picture = string | URL | Blob | Uint8Array | RgbImage;

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
    const what = isNotUtf8(error)
      ? "its name, or the list that names it, is not UTF-8; rename it, or save the list as UTF-8"
      : `${failure}; name another`;
    throw new DataError(`Cannot read image ${file}: ${what}`, { cause: error });
  }
}

/**
 * What a picture is called in answers and messages.
 *
 * @param picture The picture.
 * @param index Its place among others, from 0.
 * @returns The path as it was given, or the name that a `File` has; `image 1` for the first of others.
 * @throws {TypeError} if a URL is none of a file.
 * @throws {RangeError} if a path is empty.
 */
export function nameOfPicture(picture: Picture, index: number): string {
  const place = `image ${index + 1}`;
  if (typeof picture === "string" || picture instanceof URL) {
    return localPath(picture, `Cannot classify: ${place}`);
  }
  return picture instanceof File && picture.name !== "" ? picture.name : place;
}

/** The content of an image file that a program holds already, no longer than one that is read. */
async function contentOf(content: Blob | Uint8Array, file: string): Promise<Uint8Array> {
  const length = content instanceof Blob ? content.size : content.length;
  if (length > MAX_IMAGE_FILE_BYTES) {
    throw new DataError(
      `Cannot read image ${file}: it must have at most ${MAX_IMAGE_FILE_BYTES} bytes, it has ${length}; give another`,
    );
  }
  return content instanceof Blob ? new Uint8Array(await content.arrayBuffer()) : content;
}

/**
 * Brings a picture to the form that a model takes, as its training images were.
 *
 * @param picture The picture.
 * @param options Its name for messages, and the sizes.
 * @returns `[size, size, 3]` RGB, row-major, uint8, 0..255.
 * @throws {DataError} if a file is missing, or a file or content is no picture that is read.
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
  if (picture instanceof Blob || picture instanceof Uint8Array) {
    return prepareImage(await contentOf(picture, file), { file, size, resizeTo });
  }
  if (typeof picture !== "object" || picture === null || !("pixels" in picture)) {
    throw new TypeError(
      `Cannot classify ${file}: it must be a path, a URL, the content of an image file (a Blob or a Uint8Array) or ` +
        `{ pixels, height, width }, current value is ${describeGiven(picture)}`,
    );
  }
  const { pixels: data, height, width } = picture;
  checkRgbImage(picture, `classify ${file}`);
  return fitImage({ data, height, width }, { size, resizeTo });
}
