import { basename } from "node:path";
import { DataError } from "../errors.ts";
import { readBounded, readBoundedText } from "../read_bounded.ts";
import type { ImageDataset } from "./dataset.ts";
import { createInMemoryDataset } from "./in_memory_dataset.ts";

/** Side of every CIFAR image in pixels. */
const SIDE = 32;
/** Pixels of one colour plane. */
const PLANE = SIDE * SIDE;
/** Twice the largest file of the publisher. */
const MAX_RECORDS = 100_000;
/** Longest list of class names that is read. */
const MAX_NAMES_BYTES = 100_000;

/**
 * How a record of a CIFAR binary file begins; 1,024 red, 1,024 green and 1,024 blue bytes follow, each plane
 * row-major (https://www.cs.toronto.edu/~kriz/cifar.html).
 */
export interface CifarLayout {
  /** Name as the command line spells it. */
  readonly name: "cifar10" | "cifar100";
  /** Label bytes at the head of a record: 1 (class) or 2 (coarse class, fine class); the last one is read. */
  readonly labelBytes: 1 | 2;
}

/** The two layouts of the publisher. */
export const cifarLayouts: Readonly<Record<"cifar10" | "cifar100", CifarLayout>> = {
  cifar10: { name: "cifar10", labelBytes: 1 },
  cifar100: { name: "cifar100", labelBytes: 2 },
};

/** Options of `readCifarBinary`. */
export interface ReadCifarOptions {
  /** Name of the dataset, also in messages. */
  readonly name: string;
  /** Class names; a label beyond them is refused. */
  readonly classNames: readonly string[];
}

/**
 * Bytes of one record.
 *
 * @param layout Layout of the file.
 * @returns 3,073 for CIFAR-10, 3,074 for CIFAR-100.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(cifarRecordBytes(cifarLayouts.cifar10), 3073);
 * ```
 */
export function cifarRecordBytes(layout: CifarLayout): number {
  return layout.labelBytes + 3 * PLANE;
}

/**
 * Reads CIFAR binary files into one dataset, in the order of the list.
 *
 * @param layout Layout of the records.
 * @param files Paths of the files.
 * @param options Names.
 * @returns Images `[records, 32, 32, 3]`, in memory.
 * @throws {DataError} if a file is missing, empty, not a whole number of records, or holds a label beyond
 * the classes.
 */
export async function readCifarBinary(
  layout: CifarLayout,
  files: readonly string[],
  options: ReadCifarOptions,
): Promise<ImageDataset> {
  const counts: number[] = [];
  for (const file of files) counts.push(await countCifarRecords(layout, file, options.name));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const images = new Uint8Array(total * 3 * PLANE);
  const labels = new Uint16Array(total);
  let done = 0;
  for (const [position, file] of files.entries()) {
    const count = counts[position]!;
    const bytes = await readBounded(file, {
      maxBytes: count * cifarRecordBytes(layout),
      refusal: DataError,
    });
    if (bytes.length !== count * cifarRecordBytes(layout)) {
      throw new DataError(`Cannot read CIFAR batch: ${file} changed while it was read; try again`);
    }
    const target = images.subarray(done * 3 * PLANE, (done + count) * 3 * PLANE);
    decodeRecords({ layout, bytes, images: target, labels: labels.subarray(done), file, options });
    done += count;
  }
  return createInMemoryDataset({
    name: options.name,
    classNames: options.classNames,
    height: SIDE,
    width: SIDE,
    images,
    labels,
  });
}

/**
 * Counts the records of a CIFAR binary file by its length.
 *
 * @param layout Layout of the records.
 * @param file Path of the file.
 * @param name Dataset that messages tell how to fetch.
 * @returns Number of records, at least 1.
 * @throws {DataError} if the file is missing or its length is not a whole number of records.
 */
async function countCifarRecords(
  layout: CifarLayout,
  file: string,
  name: string,
): Promise<number> {
  const recordBytes = cifarRecordBytes(layout);
  let size: number;
  try {
    size = (await Deno.stat(file)).size;
  } catch (error) {
    throw new DataError(
      `Cannot read CIFAR batch: ${file} cannot be opened; fetch the data again with "fetch-data ${name}"`,
      { cause: error },
    );
  }
  if (size === 0 || size % recordBytes !== 0 || size / recordBytes > MAX_RECORDS) {
    throw new DataError(
      `Cannot read CIFAR batch: length must be a positive multiple of ${recordBytes} bytes, for at most ` +
        `${MAX_RECORDS} images, ${file} has ${size}; fetch the data again with "fetch-data ${name}"`,
    );
  }
  return size / recordBytes;
}

interface RecordBlock {
  readonly layout: CifarLayout;
  readonly bytes: Uint8Array;
  readonly images: Uint8Array;
  readonly labels: Uint16Array;
  readonly file: string;
  readonly options: ReadCifarOptions;
}

/** Planar records -> interleaved RGB; labels checked one by one. */
function decodeRecords(block: RecordBlock): void {
  const { layout, bytes, images, labels, file, options } = block;
  const recordBytes = cifarRecordBytes(layout);
  const classCount = options.classNames.length;
  for (let record = 0; record * recordBytes < bytes.length; record++) {
    const begin = record * recordBytes;
    const label = bytes[begin + layout.labelBytes - 1]!;
    if (label >= classCount) {
      throw new DataError(
        `Cannot read CIFAR batch: label must be in 0..${classCount - 1}, record ${record} of ` +
          `${file} holds ${label}; fetch the data again with "fetch-data ${options.name}"`,
      );
    }
    labels[record] = label;
    const red = begin + layout.labelBytes;
    let to = record * 3 * PLANE;
    for (let pixel = red; pixel < red + PLANE; pixel++) {
      images[to++] = bytes[pixel]!;
      images[to++] = bytes[pixel + PLANE]!;
      images[to++] = bytes[pixel + 2 * PLANE]!;
    }
  }
}

/**
 * Writes images as CIFAR-10 records (one label byte): the inverse of `readCifarBinary`.
 *
 * @param images `[count, 32, 32, 3]` RGB, uint8.
 * @param labels `[count]`, 0..255.
 * @returns `count * 3073` bytes.
 * @throws {RangeError} if the sizes disagree or a label needs more than a byte.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const record = encodeCifarBinary(new Uint8Array(32 * 32 * 3).fill(9), Uint16Array.of(4));
 * assert.equal(record.length, 3073);
 * assert.deepEqual([...record.subarray(0, 2)], [4, 9]);
 * ```
 */
export function encodeCifarBinary(images: Uint8Array, labels: Uint16Array): Uint8Array {
  if (images.length !== labels.length * 3 * PLANE) {
    throw new RangeError(
      `Cannot encode CIFAR records: ${labels.length} images need ${labels.length * 3 * PLANE} ` +
        `bytes, current value is ${images.length}`,
    );
  }
  const records = new Uint8Array(labels.length * (1 + 3 * PLANE));
  for (let record = 0; record < labels.length; record++) {
    if (labels[record]! > 255) {
      throw new RangeError(
        `Cannot encode CIFAR records: label must be in 0..255, image ${record} has ${
          labels[record]
        }`,
      );
    }
    const begin = record * (1 + 3 * PLANE);
    records[begin] = labels[record]!;
    let from = record * 3 * PLANE;
    for (let pixel = begin + 1; pixel < begin + 1 + PLANE; pixel++) {
      records[pixel] = images[from++]!;
      records[pixel + PLANE] = images[from++]!;
      records[pixel + 2 * PLANE] = images[from++]!;
    }
  }
  return records;
}

/**
 * Checks the class names that stand beside the batches against the known ones: another order would mean
 * that every label is misread.
 *
 * @param file Path of `batches.meta.txt` or `fine_label_names.txt`; may be absent.
 * @param classNames Names in the order of the labels.
 * @throws {DataError} if the file exists and says something else.
 */
export async function checkClassNames(file: string, classNames: readonly string[]): Promise<void> {
  let text: string;
  try {
    text = await readBoundedText(file, { maxBytes: MAX_NAMES_BYTES, refusal: DataError });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (error instanceof DataError) throw error;
    throw new DataError(`Cannot read class names: ${file} cannot be opened`, { cause: error });
  }
  const found = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
  for (let label = 0; label < Math.max(found.length, classNames.length); label++) {
    if (found[label] !== classNames[label]) {
      throw new DataError(
        `Cannot use class names: label ${label} must be "${classNames[label] ?? "unused"}", ` +
          `${basename(file)} says ${
            found[label] === undefined ? "nothing" : "something else"
          } (${file}); put the ` +
          "dataset's own file there",
      );
    }
  }
}
