/** Which images a run uses (section 4.1 of the paper; docs/model.md, "Data and protocol"). */
export interface DataConfig {
  /** Name of a known dataset, or `folder`. */
  readonly dataset: "cifar10" | "cifar100" | "synthetic" | "mini-imagenet" | "folder";
  /** Folder that holds the dataset (what `fetch-data` wrote, or the official files). */
  readonly directory: string;
  /** Images taken from the training part before validation is split off; `null` takes all. */
  readonly images: number | null;
  /** Share of those images held out for validation, 0 <= share < 1. */
  readonly validationFraction: number;
  /** `random` draws images and the validation part by seed; `first` keeps the order of the files. */
  readonly selection: "random" | "first";
  /** Images of the test part that are evaluated: the first, of image files evenly spaced ones; `null` takes all. */
  readonly testImages: number | null;
  /** Side in pixels of the images of a folder as the model sees them, and of synthetic images. */
  readonly imageSize: number;
  /**
   * Side in pixels to which the images of a folder are resized before `imageSize` is cut out of them: at random in
   * training, from the centre otherwise. `null` resizes to `imageSize` and cuts nothing.
   */
  readonly resizeTo: number | null;
  /** Seed of the draw of images and validation part; `null` takes the run's seed. */
  readonly splitSeed: number | null;
  /** Classes of the synthetic dataset. */
  readonly classes: number;
}

/**
 * Whether the images of a dataset come in sizes of their own, so that they are resized and cut.
 *
 * @param dataset Name of the dataset.
 * @returns `false` where the images have their size: `resizeTo` means nothing to them.
 */
export function isResized(dataset: DataConfig["dataset"]): boolean {
  return dataset === "folder" || dataset === "mini-imagenet";
}

/** Side in pixels of the images of CIFAR-10 and CIFAR-100. */
const CIFAR_SIDE = 32;

/**
 * Side of the square images that a configuration asks for, known without loading them.
 *
 * @param data Which images.
 * @returns Pixels.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(imageSideOf({ dataset: "cifar10", imageSize: 84 }), 32);
 * assert.equal(imageSideOf({ dataset: "folder", imageSize: 84 }), 84);
 * ```
 */
export function imageSideOf(data: Pick<DataConfig, "dataset" | "imageSize">): number {
  return data.dataset === "cifar10" || data.dataset === "cifar100" ? CIFAR_SIDE : data.imageSize;
}
