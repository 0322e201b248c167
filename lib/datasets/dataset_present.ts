import { cifar10Folder, cifar10TrainFiles } from "./cifar10.ts";
import { cifar100Folder, cifar100TrainFile } from "./cifar100.ts";
import type { DataConfig } from "./data_config.ts";
import { findDataFolder } from "./find_data_folder.ts";
import { pathExists } from "../files/path_exists.ts";
import { miniImageNetFolderOf } from "./mini_imagenet_folder.ts";

/**
 * Whether the dataset of a configuration is available, without reading it: damage is found when it is loaded.
 *
 * @param config Which dataset, from where.
 * @returns `true` if its files or its folder are there; always for synthetic images, which are drawn.
 */
export async function isDatasetPresent(
  config: Pick<DataConfig, "dataset" | "directory">,
): Promise<boolean> {
  const { dataset, directory } = config;
  const isFound = async (folder: string, markers: readonly string[]) =>
    await findDataFolder(directory, { name: dataset, folder, markers }) !== null;
  switch (dataset) {
    case "cifar10":
      return await isFound(cifar10Folder, cifar10TrainFiles);
    case "cifar100":
      return await isFound(cifar100Folder, [cifar100TrainFile]);
    case "mini-imagenet":
      return await pathExists(miniImageNetFolderOf(directory));
    case "synthetic":
      return true;
    case "folder":
      return await pathExists(directory);
  }
}
