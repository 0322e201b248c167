import {
  cifar100ClassNames,
  cifar100Folder,
  cifar100NamesFile,
  cifar100TestFile,
  cifar100TrainFile,
} from "./cifar100.ts";
import {
  cifar10ClassNames,
  cifar10Folder,
  cifar10NamesFile,
  cifar10TestFile,
  cifar10TrainFiles,
} from "./cifar10.ts";
import { type CifarLayout, cifarLayouts } from "./cifar_binary.ts";
import { UsageError } from "../errors.ts";
import { miniImageNetFolder } from "./mini_imagenet_folder.ts";
import { syntheticFolder } from "./synthetic.ts";

/** What every source of a dataset has. */
export interface SourceBase {
  /** Name as the command line spells it. */
  readonly name: string;
  /** Folder that is made in the data directory. */
  readonly folder: string;
  /** One line for lists. */
  readonly description: string;
}

/** A file of a CIFAR archive. */
export interface CifarMember {
  /** File name. */
  readonly name: string;
  /** Exact length in bytes; the greatest one for a file that is not a batch. */
  readonly bytes: number;
  /** Training records, test records, or text beside them. */
  readonly role: "train" | "test" | "text";
}

/** A dataset that its publisher gives out as one archive of CIFAR binary files. */
export interface CifarSource extends SourceBase {
  /** Tells the kinds of source apart. */
  readonly kind: "cifar";
  /** The publisher's addresses. */
  readonly urls: readonly string[];
  /** The archive: its name, and what the publisher says of it. */
  readonly archive: { readonly file: string; readonly bytes: number; readonly md5: string };
  /** Folder inside the archive. */
  readonly archiveFolder: string;
  /** Files of the archive that are wanted. */
  readonly members: readonly CifarMember[];
  /** The member that lists the classes. */
  readonly namesFile: string;
  /** How a record is laid out. */
  readonly layout: CifarLayout;
  /** Class names in the order of the labels. */
  readonly classNames: readonly string[];
}

/** A dataset of image files that has no open address: a mirror or a local copy is needed. */
export interface ImagesSource extends SourceBase {
  /** Tells the kinds of source apart. */
  readonly kind: "images";
  /** Number of classes that it must have. */
  readonly classes: number;
  /** Images that every class must have. */
  readonly imagesPerClass: number;
}

/** A dataset that is drawn here. */
export interface GeneratedSource extends SourceBase {
  /** Tells the kinds of source apart. */
  readonly kind: "generated";
  /** Images of the training part. */
  readonly trainImages: number;
  /** Images of the test part. */
  readonly testImages: number;
}

/** Where a dataset comes from and what it must look like. */
export type DatasetSource = CifarSource | ImagesSource | GeneratedSource;

/** Longest text file that is taken from an archive. */
const TEXT_BYTES = 65_536;

const cifar10Source: CifarSource = {
  kind: "cifar",
  name: "cifar10",
  folder: cifar10Folder,
  description: "60,000 photographs of 10 classes, 32 x 32 (Krizhevsky 2009), 170 MB",
  urls: ["https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"],
  // Length measured by others, digest given by the publisher beside the link.
  archive: {
    file: "cifar-10-binary.tar.gz",
    bytes: 170_052_171,
    md5: "c32a1d4ab5d03f1284b67883e8d87530",
  },
  archiveFolder: "cifar-10-batches-bin",
  members: [
    ...cifar10TrainFiles.map((name) => ({ name, bytes: 30_730_000, role: "train" as const })),
    { name: cifar10TestFile, bytes: 30_730_000, role: "test" },
    { name: cifar10NamesFile, bytes: TEXT_BYTES, role: "text" },
  ],
  namesFile: cifar10NamesFile,
  layout: cifarLayouts.cifar10,
  classNames: cifar10ClassNames,
};

const cifar100Source: CifarSource = {
  kind: "cifar",
  name: "cifar100",
  folder: cifar100Folder,
  description: "60,000 photographs of 100 classes, 32 x 32 (Krizhevsky 2009), 169 MB",
  urls: ["https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"],
  archive: {
    file: "cifar-100-binary.tar.gz",
    bytes: 168_513_733,
    md5: "03b5dce01913d631647c71ecec9e9cb8",
  },
  archiveFolder: "cifar-100-binary",
  members: [
    { name: cifar100TrainFile, bytes: 153_700_000, role: "train" },
    { name: cifar100TestFile, bytes: 30_740_000, role: "test" },
    { name: cifar100NamesFile, bytes: TEXT_BYTES, role: "text" },
    { name: "coarse_label_names.txt", bytes: TEXT_BYTES, role: "text" },
  ],
  namesFile: cifar100NamesFile,
  layout: cifarLayouts.cifar100,
  classNames: cifar100ClassNames,
};

/** Every dataset that `fetch-data` knows. */
export const datasetSources: readonly DatasetSource[] = [
  cifar10Source,
  cifar100Source,
  {
    kind: "generated",
    name: "synthetic",
    folder: syntheticFolder,
    description: "5,000 drawn figures of 10 classes, 32 x 32, made on this machine, 15 MB",
    trainImages: 4000,
    testImages: 1000,
  },
  {
    kind: "images",
    name: "mini-imagenet",
    folder: miniImageNetFolder,
    description: "60,000 photographs of 100 classes (Vinyals 2016); needs --from or --mirror",
    classes: 100,
    imagesPerClass: 600,
  },
];

/**
 * Finds a dataset of the catalogue.
 *
 * @param name Name as the command line spells it.
 * @returns Its source.
 * @throws {UsageError} if there is none of that name.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(datasetSource("cifar10").folder, "cifar-10-batches-bin");
 * ```
 */
export function datasetSource(name: string): DatasetSource {
  const source = datasetSources.find((known) => known.name === name);
  if (source === undefined) {
    const names = datasetSources.map((known) => known.name).join(", ");
    throw new UsageError(
      `Cannot find dataset: name must be one of ${names}, current value is ${name}`,
    );
  }
  return source;
}
