import { readImageSize } from "./decode_image.ts";
import { prepareImage, type PrepareImageOptions } from "./prepare_image.ts";
import { readImageFile } from "./read_image_file.ts";

/** An image file, decoded and brought to size. */
export interface PreparedFile {
  /** Pixels `[side, side, 3]`. */
  readonly pixels: Uint8Array;
  /** Size in pixels before. */
  readonly width: number;
  readonly height: number;
}

/**
 * Decodes an image file.
 *
 * @param file Its path.
 * @param options Side of the square wanted, side before the centre is cut out, and the largest picture that is decoded.
 * @returns Pixels, and the size that the picture had.
 * @throws {DataError} if it cannot be read or decoded.
 */
export async function prepareFile(
  file: string,
  options: Omit<PrepareImageOptions, "file">,
): Promise<PreparedFile> {
  const bytes = await readImageFile(file);
  return { pixels: prepareImage(bytes, { file, ...options }), ...readImageSize(bytes) };
}
