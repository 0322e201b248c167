import { createHash } from "node:crypto";
import { join } from "node:path";
import { DataError } from "../errors.ts";
import { replaceFile } from "../files/atomic_write.ts";
import { describePathFailure } from "../files/path_failure.ts";
import { readBounded, readBoundedText } from "../read_bounded.ts";
import { safeLine } from "../safe_text.ts";
import { cifarRecordBytes } from "./cifar_binary.ts";
import type { CifarSource } from "./dataset_catalog.ts";
import type { ManifestFile } from "./dataset_manifest.ts";
import { digestFile } from "./file_digest.ts";

/** Digits of a line of a list: 64 bits tell all images of CIFAR apart. */
const DIGITS = 16;
/** Longest list that is read. */
const MAX_LIST_BYTES = 16e6;
/** Characters of a wrong line that a message shows. */
const SHOWN_CHARACTERS = 40;
/** Missing images that a message names. */
const SHOWN = 3;

/**
 * Reads a list of images: a line an image, the first 16 hexadecimal digits of the SHA-256 of its pixel bytes as the
 * publisher's binary files have them (3,072 bytes: red, green, blue; without the label), in small or capital letters.
 * Lines that begin with `#` are remarks; spaces around a line do not count.
 *
 * @param path Path of the list.
 * @returns The digits, in the order of the lines.
 * @throws {DataError} if the file cannot be read, a line is something else, or an image is listed twice.
 */
export async function readDigestList(path: string): Promise<string[]> {
  const reading = { maxBytes: MAX_LIST_BYTES, refusal: DataError };
  const text = await readBoundedText(path, reading).catch((error) => {
    if (error instanceof DataError) throw error;
    const failure = describePathFailure(error);
    if (failure === null) throw error;
    throw new DataError(
      `Cannot read the list of images: ${path} cannot be opened, ${failure}; name a file of one image per line`,
      { cause: error },
    );
  });
  const seen = new Set<string>();
  for (const [index, written] of text.split("\n").entries()) {
    const line = written.trim().toLowerCase();
    if (line === "" || line.startsWith("#")) continue;
    const isRight = /^[0-9a-f]{16}$/.test(line);
    if (!isRight || seen.has(line)) {
      throw new DataError(
        `Cannot use the list of images: line ${index + 1} of ${path} ${
          isRight
            ? "lists an image again; take it out"
            : `must have ${DIGITS} hexadecimal digits and nothing else, current value is ${
              JSON.stringify(safeLine(line.slice(0, SHOWN_CHARACTERS)))
            }`
        }`,
      );
    }
    seen.add(line);
  }
  if (seen.size === 0) {
    throw new DataError(`Cannot use the list of images: ${path} lists none; name another`);
  }
  return [...seen];
}

/**
 * Leaves only listed images in the training part of a CIFAR dataset, in the order of the list and in one file. The
 * test part stays as it is.
 *
 * @param source Which dataset.
 * @param folder Its files, checked before.
 * @param options The files in it, the images to keep as `readDigestList` gives them, and the path of their list.
 * @returns The files that the folder holds now.
 * @throws {DataError} if images of the list are not there.
 */
export async function keepListedImages(
  source: CifarSource,
  folder: string,
  { files, wanted, list }: {
    readonly files: readonly ManifestFile[];
    readonly wanted: readonly string[];
    readonly list: string;
  },
): Promise<ManifestFile[]> {
  const roles = new Map(source.members.map(({ name, role }) => [name, role]));
  const training = files.filter(({ name }) => roles.get(name) === "train");
  const recordBytes = cifarRecordBytes(source.layout);
  const found = new Map<string, Uint8Array>();
  for (const { name, bytes } of training) {
    const records = await readBounded(join(folder, name), { maxBytes: bytes, refusal: DataError });
    for (let at = 0; at < records.length; at += recordBytes) {
      const record = records.subarray(at, at + recordBytes);
      const pixels = record.subarray(source.layout.labelBytes);
      found.set(createHash("sha256").update(pixels).digest("hex").slice(0, DIGITS), record);
    }
  }
  const missing = wanted.filter((digits) => !found.has(digits));
  if (missing.length > 0) {
    throw new DataError(
      `Cannot keep the images of ${list}: ${missing.length} of ${wanted.length} are not among the ${found.size} ` +
        `training images of ${source.name} (${missing.slice(0, SHOWN).join(", ")}${
          missing.length > SHOWN ? ", .." : ""
        }); give the publisher's files, all of them`,
    );
  }
  const kept = new Uint8Array(wanted.length * recordBytes);
  for (const [row, digits] of wanted.entries()) kept.set(found.get(digits)!, row * recordBytes);
  for (const { name } of training) await Deno.remove(join(folder, name));
  const { name } = training[0]!;
  await replaceFile(join(folder, name), kept);
  const { bytes, sha256 } = await digestFile(join(folder, name));
  return [
    { name, bytes, sha256 },
    ...files.filter((file) => roles.get(file.name) !== "train"),
  ];
}
