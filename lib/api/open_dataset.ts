import { describeGiven } from "../arguments/describe_given.ts";
import { localPath } from "../arguments/local_path.ts";
import { requireOptions } from "../arguments/require_options.ts";
import { parseConfig } from "../configuration/parse_config.ts";
import { imageSideOf } from "../datasets/data_config.ts";
import { loadDataset } from "../datasets/load_dataset.ts";
import { UsageError } from "../errors.ts";
import { sectionOverrides } from "./settings.ts";
import type { DataConfig } from "../datasets/data_config.ts";
import type { DatasetParts } from "../datasets/dataset.ts";

/** Where a dataset lies, and the size of its images. */
export interface OpenDatasetOptions {
  /**
   * Folder that holds the dataset, as `fetchDataset` wrote it; for `folder` the pictures, with one folder per class.
   *
   * @default "data"
   */
  readonly directory?: string | URL;
  /**
   * Side in pixels of pictures of a folder, which have sizes of their own, and of synthetic images.
   *
   * @default 32; 84 for mini-imagenet
   */
  readonly imageSize?: number;
}

/**
 * Opens a dataset that lies on this machine.
 *
 * @param name Name of the dataset; `folder` for own pictures.
 * @param options Where it lies, and the size of its images.
 * @returns Training and test part, with labels.
 * @throws {DataError} if it is missing or damaged.
 * @throws {UsageError} if there is no dataset of that name, an option is unknown, or the size is out of range or not the
 * one that its images have.
 * @throws {TypeError} if an option is of another type.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const { test } = await openDataset("synthetic", { directory: "does-not-exist" });
 * assert.deepEqual([test.height, test.width, test.classNames.length], [32, 32, 10]);
 * assert.equal((await test.read([0])).length, 32 * 32 * 3);
 * ```
 */
export async function openDataset(
  name: DataConfig["dataset"],
  options: OpenDatasetOptions = {},
): Promise<DatasetParts> {
  if (typeof name !== "string") {
    throw new TypeError(
      `Cannot open a dataset: the first argument must be its name, current value is ${
        describeGiven(name)
      }`,
    );
  }
  const kinds = { directory: "any", imageSize: "number" } as const;
  requireOptions(options, kinds, "options of openDataset");
  const { directory, imageSize } = options;
  const settings = {
    dataset: name,
    imageSize,
    directory: directory === undefined
      ? directory
      : localPath(directory, "Cannot open a dataset: directory"),
  };
  const overrides = sectionOverrides("data", settings);
  const { data } = parseConfig("", { source: "the dataset", overrides });
  const side = imageSideOf(data);
  if (imageSize !== undefined && imageSize !== side) {
    throw new UsageError(
      `Cannot open ${name}: its images have ${side} x ${side} pixels, imageSize ${imageSize} would change nothing; ` +
        "leave it out",
    );
  }
  return await loadDataset(data);
}
