import { createHash } from "node:crypto";

/** Digests of one file. */
export interface FileDigest {
  /** Length in bytes. */
  readonly bytes: number;
  /** MD5, 32 hexadecimal digits; what older publishers give. */
  readonly md5: string;
  /** SHA-256, 64 hexadecimal digits. */
  readonly sha256: string;
}

/**
 * Digests a file in pieces, whatever its length.
 *
 * @param path Path of the file.
 * @param options `onProgress` hears the bytes read so far; `signal` stops the reading.
 * @returns Length and digests.
 */
export async function digestFile(
  path: string,
  options: {
    readonly onProgress?: (done: number) => void;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<FileDigest> {
  const md5 = createHash("md5");
  const sha256 = createHash("sha256");
  let bytes = 0;
  using file = await Deno.open(path);
  const buffer = new Uint8Array(1 << 18);
  for (;;) {
    options.signal?.throwIfAborted();
    const count = await file.read(buffer);
    if (count === null) break;
    const piece = buffer.subarray(0, count);
    md5.update(piece);
    sha256.update(piece);
    bytes += count;
    options.onProgress?.(bytes);
  }
  return { bytes, md5: md5.digest("hex"), sha256: sha256.digest("hex") };
}
