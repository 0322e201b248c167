import { DataError } from "../errors.ts";
import { isNotUtf8 } from "../files/path_failure.ts";
import { readBounded } from "../read_bounded.ts";

/** Longest image file that is read: 64 million pixels of 16 bits, not packed at all. */
export const MAX_IMAGE_FILE_BYTES = 512e6;

/**
 * Reads an image file of a folder that somebody else may have filled.
 *
 * @param file Path of the file.
 * @returns Its bytes.
 * @throws {DataError} if it cannot be opened, is too long, or is not a file.
 */
export async function readImageFile(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readBounded(file, { maxBytes: MAX_IMAGE_FILE_BYTES, refusal: DataError });
  } catch (error) {
    if (error instanceof DataError) throw error;
    const why = isNotUtf8(error)
      ? ", its name is not UTF-8; rename it"
      : "; put it back or load the folder again";
    throw new DataError(`Cannot read image: ${file} cannot be opened${why}`, { cause: error });
  }
}
