import { join } from "node:path";
import { checkClassNames, cifarLayouts, readCifarBinary } from "./cifar_binary.ts";
import type { DatasetParts } from "./dataset.ts";
import { findDataFolder, missingDataset } from "./find_data_folder.ts";
import { pathExists } from "../files/path_exists.ts";

/** Folder name of the official archive. */
export const cifar10Folder = "cifar-10-batches-bin";

/** Training files of the official archive, 10,000 records each. */
export const cifar10TrainFiles: readonly string[] = [1, 2, 3, 4, 5].map((batch) =>
  `data_batch_${batch}.bin`
);

/** Test file of the official archive, 10,000 records. */
export const cifar10TestFile = "test_batch.bin";

/** File of the official archive that lists the classes. */
export const cifar10NamesFile = "batches.meta.txt";

/** Class names in the order of the labels (Krizhevsky 2009). */
export const cifar10ClassNames: readonly string[] =
  "airplane automobile bird cat deer dog frog horse ship truck".split(" ");

/** Options of `loadCifar10`. */
export interface LoadCifar10Options {
  /**
   * Name of the dataset, for another set in the same layout.
   *
   * @default "cifar10"
   */
  readonly name?: string;
  /**
   * Folder looked for inside the directory.
   *
   * @default "cifar-10-batches-bin"
   */
  readonly folder?: string;
  /** Class names in the order of the labels; those of CIFAR-10 by default. */
  readonly classNames?: readonly string[];
}

/**
 * Loads CIFAR-10 from the official binary files. Of the five training files those that are there are read,
 * in order: one is enough for the protocol's 10,000 images (docs/model.md).
 *
 * @param directory The folder with the files, or its parent.
 * @param options Another name and classes for a set in the same layout.
 * @returns Training and test part, 32 x 32 pixels, in memory.
 * @throws {DataError} if files are missing or damaged.
 */
export async function loadCifar10(
  directory: string,
  options: LoadCifar10Options = {},
): Promise<DatasetParts> {
  const { name = "cifar10", folder = cifar10Folder, classNames = cifar10ClassNames } = options;
  const search = { name, folder, markers: cifar10TrainFiles };
  const found = await findDataFolder(directory, search);
  if (found === null) throw missingDataset(directory, { ...search, markers: ["data_batch_*.bin"] });
  await checkClassNames(join(found, cifar10NamesFile), classNames);
  const trainFiles: string[] = [];
  for (const file of cifar10TrainFiles) {
    if (await pathExists(join(found, file))) trainFiles.push(join(found, file));
  }
  const reading = { name, classNames };
  return {
    train: await readCifarBinary(cifarLayouts.cifar10, trainFiles, reading),
    test: await readCifarBinary(cifarLayouts.cifar10, [join(found, cifar10TestFile)], reading),
  };
}
