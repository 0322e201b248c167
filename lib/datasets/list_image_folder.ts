import { join } from "node:path";
import { DataError } from "../errors.ts";
import { IMAGE_NAME } from "./decode_image.ts";

/** The image files of a folder, class by class. */
export interface ImageListing {
  /** Folder names, sorted; a label is an index into this list. */
  readonly classNames: readonly string[];
  /** Paths below the folder (`cat/1.png`), sorted within each class; classes in order. */
  readonly files: readonly string[];
  /** Label of each file. */
  readonly labels: Uint16Array;
  /** Length of each file in bytes. */
  readonly sizes: readonly number[];
}

/**
 * Lists a folder's entries in an order that does not depend on the machine (by code unit, not by locale).
 *
 * @param directory The folder.
 * @param options What is looked for. `imagesOnly` passes over links that have no image's name without following them:
 * one that leads nowhere may be a class elsewhere, beside images it is nothing.
 * @returns Names of sub-folders and of image files with their sizes; names that begin with a dot are
 * left out.
 * @throws {DataError} if the folder cannot be read, or a link in it leads nowhere.
 */
export async function listFolder(
  directory: string,
  options: { readonly imagesOnly?: boolean } = {},
): Promise<{
  readonly folders: readonly string[];
  readonly images: readonly { readonly name: string; readonly bytes: number }[];
}> {
  const folders: string[] = [];
  const images: { name: string; bytes: number }[] = [];
  try {
    for await (const entry of Deno.readDir(directory)) {
      if (entry.name.startsWith(".")) continue;
      // Users link large picture folders instead of copying them: follow links.
      const isImage = IMAGE_NAME.test(entry.name);
      if (!isImage && (entry.isFile || options.imagesOnly)) continue;
      if (entry.isDirectory) {
        folders.push(entry.name);
        continue;
      }
      const status = await Deno.stat(join(directory, entry.name));
      if (status.isDirectory) folders.push(entry.name);
      else if (status.isFile && isImage) images.push({ name: entry.name, bytes: status.size });
    }
  } catch (error) {
    throw new DataError(
      `Cannot list images: ${directory} cannot be read (${
        error instanceof Error ? error.message : error
      }); give a folder of the form <class>/<image>.png`,
      { cause: error },
    );
  }
  folders.sort(compareNames);
  images.sort((one, other) => compareNames(one.name, other.name));
  return { folders, images };
}

/**
 * Orders names by code unit: the same on every machine and in every locale.
 *
 * @param one A name.
 * @param other Another.
 * @returns A negative number if `one` comes first, a positive one if `other` does.
 */
export function compareNames(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/**
 * Lists the images of a folder that has one sub-folder per class.
 *
 * @param directory The folder.
 * @param classNames Classes to use; those of the folder by default. Given names must cover the folder's.
 * @returns The listing, sorted.
 * @throws {DataError} if there are no classes, an own class holds no image, or a class is unknown.
 */
export async function listImageFolder(
  directory: string,
  classNames?: readonly string[],
): Promise<ImageListing> {
  const { folders } = await listFolder(directory);
  if (folders.length === 0 || folders.length > 65_536) {
    throw new DataError(
      `Cannot list images: ${directory} must hold one folder per class, found ${folders.length}; ` +
        `arrange the images as <class>/<image>.png`,
    );
  }
  const names = classNames ?? folders;
  const files: string[] = [];
  const labels: number[] = [];
  const sizes: number[] = [];
  for (const folder of folders) {
    const label = names.indexOf(folder);
    if (label < 0) {
      throw new DataError(
        `Cannot list images: class ${folder} of ${directory} has no training images; ` +
          `add train/${folder} or remove the folder`,
      );
    }
    const { images } = await listFolder(join(directory, folder), { imagesOnly: true });
    if (images.length === 0) {
      throw new DataError(
        `Cannot list images: ${
          join(directory, folder)
        } holds no .png, .jpg, .jpeg or .webp file; ` +
          `add images or remove the folder`,
      );
    }
    for (const { name, bytes } of images) {
      files.push(`${folder}/${name}`);
      labels.push(label);
      sizes.push(bytes);
    }
  }
  return { classNames: names, files, labels: Uint16Array.from(labels), sizes };
}
