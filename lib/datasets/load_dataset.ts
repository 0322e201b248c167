import { join } from "node:path";
import { DataError, PuppetError } from "../errors.ts";
import { loadCifar10 } from "./cifar10.ts";
import { loadCifar100 } from "./cifar100.ts";
import type { DataConfig } from "./data_config.ts";
import type { DatasetParts } from "./dataset.ts";
import { pathExists } from "../files/path_exists.ts";
import { describePathFailure } from "../files/path_failure.ts";
import { loadImageFolder, splitListing } from "./image_folder.ts";
import { listMiniImageNet } from "./find_mini_imagenet.ts";
import { miniImageNetFolderOf } from "./mini_imagenet_folder.ts";
import { createSyntheticDataset, syntheticClassNames, syntheticFolder } from "./synthetic.ts";
import { drawSyntheticOnDemand } from "./synthetic_on_demand.ts";
import { quoteWord } from "../safe_text.ts";

/** How the images are going to be read. */
export interface LoadDatasetOptions {
  /**
   * Bytes of decoded pixels that are kept of image files; 0 for images that are read once.
   *
   * @default 2 GiB
   */
  readonly maxCacheBytes?: number;
  /**
   * Whether they are others than a model was trained on: then all of a folder without a test part are test images.
   *
   * @default false: a part of them is drawn as test images
   */
  readonly areOthers?: boolean;
}

/**
 * Loads the dataset that a configuration names.
 *
 * `synthetic` is read from its folder where `fetch-data synthetic` wrote one, and drawn in memory (the same
 * images) where not; with another size or number of classes it is always drawn. `mini-imagenet` is read from
 * class folders or from split lists, as it is arranged; its test part is a tenth of every class by a fixed
 * seed, and a validation share of 1/9 then gives the paper's 8:1:1.
 *
 * @param config Which dataset, from where. `images`, `validationFraction`, `selection` and `testImages`
 * are for the caller (`splitTraining`, `subset`); the whole parts are returned.
 * @param options How the images are going to be read.
 * @returns Training and test part.
 * @throws {DataError} if the data is missing or damaged; the message names the command that fetches it.
 */
export async function loadDataset(
  config: DataConfig,
  options: LoadDatasetOptions = {},
): Promise<DatasetParts> {
  try {
    return await loadNamed(config, options);
  } catch (error) {
    const failure = error instanceof PuppetError ? null : describePathFailure(error);
    if (failure === null) throw error;
    throw new DataError(
      `Cannot load ${config.dataset} from ${config.directory}: ${failure}; it must be a folder that holds the dataset, ` +
        "name one (--data)",
      { cause: error },
    );
  }
}

async function loadNamed(config: DataConfig, options: LoadDatasetOptions): Promise<DatasetParts> {
  const { dataset, directory, imageSize, resizeTo } = config;
  switch (dataset) {
    case "cifar10":
      return await loadCifar10(directory);
    case "cifar100":
      return await loadCifar100(directory);
    case "synthetic":
      return await loadSynthetic(config);
    case "mini-imagenet":
      return await loadMiniImageNet(config, options);
    case "folder":
      return await loadImageFolder(directory, {
        ...{ imageSize, resizeTo: resizeTo ?? imageSize },
        ...options,
      });
  }
}

/** Form of the set that `fetch-data synthetic` writes. */
const INSTALLED_FORM = { imageSize: 32, classes: 10 };

/** Drawing takes seconds, and a comparison loads its images for every run; the set never changes and is 15 MB. */
let drawnSet: DatasetParts | undefined;

/** From the folder that was written, or drawn. */
async function loadSynthetic(config: DataConfig): Promise<DatasetParts> {
  const { directory, imageSize, classes } = config;
  if (imageSize !== INSTALLED_FORM.imageSize || classes !== INSTALLED_FORM.classes) {
    return drawSyntheticOnDemand({ size: imageSize, classes });
  }
  const folder = join(directory, syntheticFolder);
  if (!await pathExists(folder)) return drawnSet ??= createSyntheticDataset();
  return await loadCifar10(folder, {
    name: "synthetic",
    folder: syntheticFolder,
    classNames: syntheticClassNames,
  });
}

async function loadMiniImageNet(
  config: DataConfig,
  options: LoadDatasetOptions,
): Promise<DatasetParts> {
  const { directory, imageSize, resizeTo } = config;
  const folder = miniImageNetFolderOf(directory);
  if (!await pathExists(folder)) {
    throw new DataError(
      `Cannot load mini-imagenet: ${folder} does not exist; install it with ` +
        `"fetch-data mini-imagenet --directory ${quoteWord(directory)} --from <archive or folder>"`,
    );
  }
  return splitListing(await listMiniImageNet(folder), {
    directory: folder,
    name: "mini-imagenet",
    imageSize,
    resizeTo: resizeTo ?? imageSize,
    ...options,
  });
}
