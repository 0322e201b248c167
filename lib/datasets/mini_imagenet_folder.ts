import { basename, join, resolve } from "node:path";

/** Folder of mini-ImageNet in the data directory. */
export const miniImageNetFolder = "mini-imagenet";

/**
 * Names the folder of mini-ImageNet. Like CIFAR, the set is found from its own folder and from the data directory.
 *
 * @param directory The data directory, or the set's own folder.
 * @returns The set's folder; need not exist.
 */
export function miniImageNetFolderOf(directory: string): string {
  return basename(resolve(directory)) === miniImageNetFolder
    ? directory
    : join(directory, miniImageNetFolder);
}
