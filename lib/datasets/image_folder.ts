import { basename, join } from "node:path";
import { DataError } from "../errors.ts";
import { RandomStream } from "../randomness/random_stream.ts";
import { shuffledIndices } from "../randomness/shuffled_indices.ts";
import type { DatasetParts, ImageDataset } from "./dataset.ts";
import { pathExists } from "./find_data_folder.ts";
import { checkImageIndex, contentFingerprint } from "./in_memory_dataset.ts";
import { type ImageListing, listImageFolder } from "./list_image_folder.ts";
import { prepareImage } from "./prepare_image.ts";
import { subset } from "./subset.ts";

/** Seed of the test part of a folder that has none; fixed, so that no run trains on another's test images. */
const TEST_SPLIT_SEED = 2411;
/** Share of each class that becomes the test part of a folder that has none (SPEC 12, 8:1:1). */
const TEST_SHARE = 0.1;
/** Pixels kept in memory at most. */
const MAX_CACHE_BYTES = 2 ** 32;

/** Options of `loadImageFolder`. */
export interface ImageFolderOptions {
  /** Side in pixels to which every image is brought. */
  readonly imageSize: number;
  /**
   * Name of the data set.
   *
   * @default the name of the folder
   */
  readonly name?: string;
}

/**
 * Loads a folder of PNG and JPEG images, one sub-folder per class.
 *
 * Two arrangements: `train/<class>/<image>` with `test/<class>/<image>`, or `<class>/<image>` alone; then a
 * tenth of every class (rounded, at least one) is drawn by a fixed seed as the test part, and the rest is
 * the training part. Files are sorted, so the order is the same on every machine.
 *
 * Images are decoded when they are first read and kept; the fingerprint covers names and file lengths, not
 * pixels, so that a large folder opens at once.
 *
 * @param directory The folder.
 * @param options Size of the images.
 * @returns Training and test part.
 * @throws {DataError} if the folder is not arranged so; later, on `read`, if an image is damaged.
 * @throws {RangeError} if the image size is not a positive integer.
 */
export async function loadImageFolder(
  directory: string,
  options: ImageFolderOptions,
): Promise<DatasetParts> {
  const { imageSize, name = basename(directory) } = options;
  if (!Number.isInteger(imageSize) || imageSize < 1) {
    throw new RangeError(
      `Cannot load image folder: image size must be a positive integer, current value is ${imageSize}`,
    );
  }
  const trainFolder = join(directory, "train");
  if (await pathExists(trainFolder)) {
    const testFolder = join(directory, "test");
    if (!await pathExists(testFolder)) {
      throw new DataError(
        `Cannot load image folder: ${directory} has train but no test folder; add test/<class>, ` +
          `or put the classes directly into ${directory}`,
      );
    }
    const train = await listImageFolder(trainFolder);
    const test = await listImageFolder(testFolder, train.classNames);
    return {
      train: createFolderDataset(train, { directory: trainFolder, imageSize, name }),
      test: createFolderDataset(test, { directory: testFolder, imageSize, name }),
    };
  }
  const listing = await listImageFolder(directory);
  const whole = createFolderDataset(listing, { directory, imageSize, name });
  const { train, test } = drawTestPart(listing, directory);
  return { train: subset(whole, train), test: subset(whole, test) };
}

/** A tenth of every class, drawn by a fixed seed; both lists ascending. */
function drawTestPart(
  listing: ImageListing,
  directory: string,
): { readonly train: number[]; readonly test: number[] } {
  const train: number[] = [];
  const test: number[] = [];
  const membersByClass: number[][] = listing.classNames.map(() => []);
  listing.labels.forEach((label, index) => membersByClass[label]!.push(index));
  for (const [label, className] of listing.classNames.entries()) {
    const members = membersByClass[label]!;
    if (members.length < 2) {
      throw new DataError(
        `Cannot load image folder: class ${className} of ${directory} needs at least 2 images, one ` +
          `of them for the test part, current value is ${members.length}; add images`,
      );
    }
    const order = shuffledIndices(
      members.length,
      new RandomStream(TEST_SPLIT_SEED, "folder-test", label),
    );
    const held = Math.max(1, Math.round(members.length * TEST_SHARE));
    order.forEach((member, rank) => (rank < held ? test : train).push(members[member]!));
  }
  return {
    train: train.sort((one, other) => one - other),
    test: test.sort((one, other) => one - other),
  };
}

interface FolderOptions {
  readonly directory: string;
  readonly imageSize: number;
  readonly name: string;
}

/** A data set that decodes a file when it is first asked for and keeps its pixels. */
function createFolderDataset(listing: ImageListing, options: FolderOptions): ImageDataset {
  const { directory, imageSize, name } = options;
  const { classNames, files, labels, sizes } = listing;
  const imageBytes = imageSize * imageSize * 3;
  if (files.length * imageBytes > MAX_CACHE_BYTES) {
    throw new DataError(
      `Cannot load image folder: ${files.length} images of ${imageSize} x ${imageSize} pixels need ` +
        `${files.length * imageBytes} bytes of memory, at most ${MAX_CACHE_BYTES} are taken; ` +
        `choose a smaller image size`,
    );
  }
  // The operating system hands out pages as they are written: an unread image costs nothing.
  const pixels = new Uint8Array(files.length * imageBytes);
  const isDecoded = new Uint8Array(files.length);
  async function ensureDecoded(index: number): Promise<void> {
    if (isDecoded[index]) return;
    const file = join(directory, files[index]!);
    pixels.set(prepareImage(await readImageFile(file), file, imageSize), index * imageBytes);
    isDecoded[index] = 1;
  }
  return {
    name,
    classNames,
    height: imageSize,
    width: imageSize,
    length: files.length,
    labels,
    fingerprint: contentFingerprint([
      JSON.stringify([classNames, imageSize, files, sizes, [...labels]]),
    ]),
    async read(indices: ArrayLike<number>): Promise<Uint8Array> {
      const out = new Uint8Array(indices.length * imageBytes);
      for (let position = 0; position < indices.length; position++) {
        const index = indices[position]!;
        checkImageIndex(index, files.length);
        await ensureDecoded(index);
        const from = index * imageBytes;
        out.set(pixels.subarray(from, from + imageBytes), position * imageBytes);
      }
      return out;
    },
  };
}

async function readImageFile(file: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    throw new DataError(
      `Cannot read image: ${file} cannot be opened; put it back or load the folder again`,
      { cause: error },
    );
  }
}
