import { DataError } from "../errors.ts";
import { findLookalikes, type FoundLookalikes, type Recognisable } from "./find_lookalikes.ts";
import type { ImageDataset } from "../datasets/dataset.ts";
import type { PassedOver } from "../datasets/passed_over.ts";
import type { ExperimentImages } from "./prepare_data.ts";
import { countOf } from "../count_of.ts";

/** Bad images that a message lists. */
const MAX_LISTED = 30;

/** What is done sooner needs no progress. */
const QUIET_MILLISECONDS = 1000;

const PARTS = ["train", "validation", "test"] as const;

/** Height and width in pixels. */
export type ImageSize = readonly [height: number, width: number];

/** What was found out about the images of an experiment before the first step. */
export interface ImageInspection {
  /** What the parts of a folder were taken from; `null` for datasets that are no folder. */
  readonly arrangement: string | null;
  /** Class names, in the order of the counts. */
  readonly classNames: readonly string[];
  /** Images of every class, by part. */
  readonly perClass: Readonly<Record<"train" | "validation" | "test", readonly number[]>>;
  /** Sizes of the pictures as they are stored, by their area; `null` where they were not decoded. */
  readonly sizes: {
    readonly smallest: ImageSize;
    readonly median: ImageSize;
    readonly largest: ImageSize;
  } | null;
  /** What a folder holds that was left out. */
  readonly passedOver: readonly PassedOver[];
  /** Nearly equal images in different parts or of different classes: their number, and some of them. */
  readonly lookalikes: FoundLookalikes;
}

function countClasses({ labels, classNames }: ImageDataset): number[] {
  const counts = new Array<number>(classNames.length).fill(0);
  for (const label of labels) counts[label]! += 1;
  return counts;
}

interface Decoded {
  readonly images: Recognisable[];
  readonly sizes: ImageSize[];
  readonly bad: string[];
}

/** Decodes every image of every part, which keeps them for the training. */
async function decodeAll(
  images: ExperimentImages,
  report: ((done: number, total: number) => void) | undefined,
): Promise<Decoded> {
  const decoded: Decoded = { images: [], sizes: [], bad: [] };
  const parts = PARTS.filter((part) => images[part].inspect !== undefined);
  const total = parts.reduce((sum, part) => sum + images[part].length, 0);
  const started = performance.now();
  const tell = () => {
    if (performance.now() - started < QUIET_MILLISECONDS) return;
    report?.(decoded.sizes.length + decoded.bad.length, total);
  };
  for (const part of parts) {
    const dataset = images[part];
    await dataset.inspect!(Uint32Array.from({ length: dataset.length }, (_, index) => index), {
      receive: (index, { file, height, width, thumbnail }) => {
        decoded.images.push({ part, label: dataset.labels[index]!, file, thumbnail });
        decoded.sizes.push([height, width]);
        tell();
      },
      refuse: (_, reason) => {
        decoded.bad.push(reason);
        tell();
      },
    });
  }
  return decoded;
}

function refuseBad(bad: readonly string[]): void {
  if (bad.length === 0) return;
  const lines = [...bad].sort().slice(0, MAX_LISTED).map((reason) => `  ${reason}`);
  const more = bad.length > MAX_LISTED ? [`  and ${bad.length - MAX_LISTED} more`] : [];
  throw new DataError([`Cannot use ${countOf(bad.length, "image")}:`, ...lines, ...more]);
}

/**
 * Looks at every image of an experiment before the first step: image files are decoded once, in parallel, and kept, so
 * that what is damaged is known at once.
 *
 * @param images The parts.
 * @param report Called with the images decoded and all images.
 * @returns Counts, sizes, and what a person should know.
 * @throws {DataError} if images cannot be read; the message lists them.
 */
export async function inspectImages(
  images: ExperimentImages,
  report?: (done: number, total: number) => void,
): Promise<ImageInspection> {
  const decoded = await decodeAll(images, report);
  refuseBad(decoded.bad);
  const sizes = decoded.sizes.sort((one, other) => one[0] * one[1] - other[0] * other[1]);
  return {
    arrangement: images.arrangement,
    classNames: images.train.classNames,
    perClass: {
      train: countClasses(images.train),
      validation: countClasses(images.validation),
      test: countClasses(images.test),
    },
    sizes: sizes.length === 0 ? null : {
      smallest: sizes[0]!,
      median: sizes[sizes.length >> 1]!,
      largest: sizes.at(-1)!,
    },
    passedOver: images.passedOver,
    lookalikes: findLookalikes(decoded.images),
  };
}
