import { basename, join } from "node:path";
import { DataError } from "../errors.ts";
import { loadCifar10 } from "./cifar10.ts";
import { loadCifar100 } from "./cifar100.ts";
import type { DataConfig } from "./data_config.ts";
import type { DatasetParts } from "./dataset.ts";
import { pathExists } from "./find_data_folder.ts";
import { loadImageFolder } from "./image_folder.ts";
import { miniImageNetFolder } from "./mini_imagenet.ts";
import { createSyntheticDataset, syntheticClassNames, syntheticFolder } from "./synthetic.ts";

/**
 * Loads the data set that a configuration names.
 *
 * `synthetic` is read from its folder where `fetch-data synthetic` wrote one, and drawn in memory (the same
 * images) where not. `mini-imagenet` and `folder` go through the image folder reader; the test part of
 * mini-ImageNet is a tenth of every class by a fixed seed, and a validation share of 1/9 then gives the
 * paper's 8:1:1.
 *
 * @param config Which data set, from where. `images`, `validationFraction`, `selection` and `testImages`
 * are for the caller (`splitTraining`, `subset`); the whole parts are returned.
 * @returns Training and test part.
 * @throws {DataError} if the data is missing or damaged; the message names the command that fetches it.
 */
export async function loadDataset(config: DataConfig): Promise<DatasetParts> {
  const { dataset, directory, imageSize } = config;
  switch (dataset) {
    case "cifar10":
      return await loadCifar10(directory);
    case "cifar100":
      return await loadCifar100(directory);
    case "synthetic":
      return await loadSynthetic(directory);
    case "mini-imagenet":
      return await loadMiniImageNet(directory, imageSize);
    case "folder":
      return await loadImageFolder(directory, { imageSize });
  }
}

/** From the folder that was written, or drawn anew. */
async function loadSynthetic(directory: string): Promise<DatasetParts> {
  const folder = join(directory, syntheticFolder);
  if (!await pathExists(folder)) return createSyntheticDataset();
  return await loadCifar10(folder, {
    name: "synthetic",
    folder: syntheticFolder,
    classNames: syntheticClassNames,
  });
}

async function loadMiniImageNet(directory: string, imageSize: number): Promise<DatasetParts> {
  // Like CIFAR, the set is found from its own folder and from the data directory.
  const folder = basename(directory) === miniImageNetFolder
    ? directory
    : join(directory, miniImageNetFolder);
  if (!await pathExists(folder)) {
    throw new DataError(
      `Cannot load mini-imagenet: ${folder} does not exist; install it with ` +
        `"fetch-data mini-imagenet --directory ${directory} --from <archive or folder>"`,
    );
  }
  return await loadImageFolder(folder, { imageSize, name: "mini-imagenet" });
}
