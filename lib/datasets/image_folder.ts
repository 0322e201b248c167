import { basename, resolve } from "node:path";
import { countOf } from "../count_of.ts";
import { DataError } from "../errors.ts";
import { RandomStream } from "../randomness/random_stream.ts";
import { shuffledIndices } from "../randomness/shuffled_indices.ts";
import type { DatasetParts } from "./dataset.ts";
import {
  checkFolderSizes,
  createFolderDataset,
  type FolderDatasetOptions,
} from "./folder_dataset.ts";
import { readFolderLayout } from "./folder_layout.ts";
import type { ImageListing } from "./list_image_folder.ts";
import { subset } from "./subset.ts";

/**
 * Seed of the test part of a folder that has none; fixed, so that no run trains on another's test images as long as
 * the folder stays as it is.
 */
const TEST_SPLIT_SEED = 2411;
/** Share of each class that becomes the test part of a folder that has none (as the paper splits mini-ImageNet, 8:1:1). */
const TEST_SHARE = 0.1;

/** Options of `loadImageFolder`. */
export interface ImageFolderOptions {
  /** Side in pixels to which every image is brought. */
  readonly imageSize: number;
  /**
   * Name of the dataset.
   *
   * @default the name of the folder
   */
  readonly name?: string;
  /**
   * Side in pixels to which pictures are resized before `imageSize` is cut out of them: at random in training,
   * from the centre otherwise.
   *
   * @default imageSize
   */
  readonly resizeTo?: number | undefined;
  /**
   * Bytes of decoded pixels that each part keeps.
   *
   * @default 2 GiB
   */
  readonly maxCacheBytes?: number;
  /**
   * Takes all images of a folder without validation and test part as its test part.
   *
   * @default false: a tenth of every class is drawn
   */
  readonly areOthers?: boolean;
}

/**
 * Loads a folder of images, in any of the ways that people arrange them: see `readFolderLayout`. Where there is neither
 * a validation nor a test part, a tenth of every class (rounded, at least one) is drawn by a fixed seed as the test
 * part, and the rest is the training part. Files are sorted, so the order is the same on every machine.
 *
 * Images are decoded when they are first read and kept up to a bound; the fingerprint covers names and file
 * lengths, not pixels, so that a large folder opens at once.
 *
 * @param directory The folder, or a list of paths and labels.
 * @param options Size of the images.
 * @returns Training and test part, and the validation part if there is one; the test part is empty where only
 * validation images are there.
 * @throws {DataError} if the folder is not arranged so; later, on `read`, if an image is damaged.
 * @throws {RangeError} if the image size is not a positive integer.
 */
export async function loadImageFolder(
  directory: string,
  options: ImageFolderOptions,
): Promise<DatasetParts> {
  // Of "." and "..", too.
  const { name = basename(resolve(directory)) } = options;
  checkFolderSizes(options);
  const layout = await readFolderLayout(directory);
  const { train, validation, test, passedOver, description } = layout;
  const form = { ...options, directory: layout.directory, name };
  const found = { arrangement: description, passedOver };
  if (validation === null && test === null) {
    if (options.areOthers !== true) return { ...splitListing(train, form), ...found };
    const whole = createFolderDataset(train, form);
    return { train: whole, test: whole, ...found };
  }
  const nothing = {
    classNames: train.classNames,
    files: [],
    labels: new Uint16Array(0),
    sizes: [],
  };
  return {
    train: createFolderDataset(train, form),
    ...(validation === null ? {} : { validation: createFolderDataset(validation, form) }),
    test: createFolderDataset(test ?? nothing, form),
    ...found,
  };
}

/**
 * Makes a dataset of a listing that names no test part: a tenth of every class (rounded, at least one) is drawn by
 * a fixed seed.
 *
 * @param listing Classes, files and labels.
 * @param options Folder, name and sizes.
 * @returns Training and test part; they share no image.
 * @throws {DataError} if a class has less than two images.
 */
export function splitListing(listing: ImageListing, options: FolderDatasetOptions): DatasetParts {
  const whole = createFolderDataset(listing, options);
  const { train, test } = drawTestPart(listing, options.directory);
  return { train: subset(whole, train), test: subset(whole, test), testIsDrawn: true };
}

/** Classes that a message names. */
const MAX_NAMED = 10;

/** Refuses classes of one image, all at once: who has many species has many of those. */
function requireTwo(single: readonly string[], directory: string): void {
  if (single.length === 0) return;
  const more = single.length > MAX_NAMED ? ` and ${single.length - MAX_NAMED} more` : "";
  throw new DataError(
    `Cannot load image folder: every class needs at least 2 images, one of them for the test part, but ` +
      `${countOf(single.length, "class", "classes")} of ${directory} ${
        single.length === 1 ? "has" : "have"
      } one (${
        single.slice(0, MAX_NAMED).join(", ")
      }${more}); add images, leave the classes out, or arrange the images in train/<class> and test/<class>, ` +
      "where a class of one image can be trained on",
  );
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
  requireTwo(listing.classNames.filter((_, label) => membersByClass[label]!.length < 2), directory);
  for (const [label, members] of membersByClass.entries()) {
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
