import { join } from "node:path";
import { DataError } from "../errors.ts";
import { describePathFailure, isNotUtf8 } from "../files/path_failure.ts";
import { IMAGE_NAME } from "./decode_image.ts";
import { foldSpellings } from "./fold_spellings.ts";
import { isSystemName, PassedOverTally } from "./passed_over.ts";

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

/** Most classes: a label is kept in 16 bits. */
export const MAX_CLASSES = 65_536;

/** Folders within class folders are followed so far; links can lead in a circle. */
const MAX_DEPTH = 8;

/** What a folder holds, sorted. */
export interface FolderContent {
  /** Names of sub-folders. */
  readonly folders: readonly string[];
  /** Image files. A link that leads nowhere or in a circle has no bytes: whoever reads it finds out. */
  readonly images: readonly { readonly name: string; readonly bytes: number }[];
}

async function statusOf(path: string, isImage: boolean): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    const failure = describePathFailure(error);
    if (failure === null) throw error;
    if (isImage) return null;
    if (isNotUtf8(error)) throw notListed(path, error);
    throw new DataError(
      `Cannot list images: ${path} is a link that leads nowhere (${failure}); repair or remove it`,
      { cause: error },
    );
  }
}

/** The error for a folder that cannot be read. */
function notListed(directory: string, error: unknown): unknown {
  const failure = error instanceof DataError ? null : describePathFailure(error);
  if (failure === null) return error;
  const advice = isNotUtf8(error)
    ? "rename it"
    : "give a folder of the form <class>/<image>.png (--data)";
  return new DataError(`Cannot list images: ${directory} cannot be read, ${failure}; ${advice}`, {
    cause: error,
  });
}

/** Counts a link beside images: whoever linked a folder of pictures into a class wants to hear that it is missed. */
async function passOverLink(path: string, passedOver: PassedOverTally | undefined): Promise<void> {
  const status = await statusOf(path, true);
  if (status?.isDirectory) passedOver?.add("links to folders within a class", path);
  else passedOver?.addFile(path);
}

/**
 * Lists a folder's entries in an order that does not depend on the machine (by code unit, not by locale).
 *
 * @param directory The folder.
 * @param options What is looked for. `imagesOnly` passes over links that have no image's name:
 * one that leads nowhere may be a class elsewhere, beside images it is nothing. `passedOver` counts what is left out.
 * @returns Names of sub-folders and of image files with their sizes; what operating systems leave is left out.
 * @throws {DataError} if the folder cannot be read, or a link in it leads nowhere.
 */
export async function listFolder(
  directory: string,
  options: { readonly imagesOnly?: boolean; readonly passedOver?: PassedOverTally } = {},
): Promise<FolderContent> {
  const { imagesOnly = false, passedOver } = options;
  const folders: string[] = [];
  const images: { name: string; bytes: number }[] = [];
  try {
    for await (const { name, isFile, isDirectory } of Deno.readDir(directory)) {
      const path = join(directory, name);
      // Users link large picture folders instead of copying them: follow links.
      const isImage = IMAGE_NAME.test(name);
      if (isSystemName(name)) passedOver?.add("hidden and system files", path);
      else if (isDirectory) folders.push(name);
      else if (!isImage && isFile) passedOver?.addFile(path);
      else if (!isImage && imagesOnly) await passOverLink(path, passedOver);
      else {
        const status = await statusOf(path, isImage);
        if (status?.isDirectory) folders.push(name);
        else if (isImage && (status === null || status.isFile)) {
          images.push({ name, bytes: status?.size ?? 0 });
        }
      }
    }
  } catch (error) {
    throw notListed(directory, error);
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

/** Images of a class: those of its folder, then those of the folders within. */
async function listClass(
  directory: string,
  folder: string,
  { passedOver, depth }: { readonly passedOver: PassedOverTally; readonly depth: number },
): Promise<{ readonly name: string; readonly bytes: number }[]> {
  const listed = await listFolder(join(directory, folder), { imagesOnly: true, passedOver });
  const found = listed.images.map(({ name, bytes }) => ({ name: `${folder}/${name}`, bytes }));
  for (const inner of listed.folders) {
    if (depth === MAX_DEPTH) passedOver.add("folders too deep", join(directory, folder, inner));
    else {found.push(
        ...await listClass(directory, `${folder}/${inner}`, { passedOver, depth: depth + 1 }),
      );}
  }
  return found;
}

/** A class without an image that is read: nothing, or a folder of pictures that would be missed. */
function requireNoPictures(directory: string, passedOver: PassedOverTally, before: number): void {
  const pictures = passedOver.list.filter(({ arePictures }) => arePictures);
  const count = pictures.reduce((sum, kind) => sum + kind.count, 0);
  if (count === before) return;
  throw new DataError(
    `Cannot list images: ${directory} holds no PNG, JPEG or WebP file, but ${
      pictures.map(({ what }) => what).join(", ")
    }; convert them or remove the folder`,
  );
}

/** A folder without a folder of images: it may be arranged in another way. */
export class NoClassesError extends DataError {}

/** Options of {@linkcode listImageFolder}. */
export interface ListImageFolderOptions {
  /**
   * Classes to use; given names must cover the folder's.
   *
   * @default those of the folder
   */
  readonly classNames?: readonly string[];
  /** Counts what is left out. */
  readonly passedOver?: PassedOverTally;
}

/**
 * Lists the images of a folder that has one sub-folder per class. Folders within a class belong to it; folders without
 * any picture are no classes.
 *
 * @param directory The folder.
 * @param options Classes, and who counts what is left out.
 * @returns The listing, sorted.
 * @throws {DataError} if there are no classes, a class holds pictures in other formats only, or is unknown.
 */
export async function listImageFolder(
  directory: string,
  options: ListImageFolderOptions = {},
): Promise<ImageListing> {
  const { passedOver = new PassedOverTally() } = options;
  const { folders, images } = await listFolder(directory, { passedOver });
  for (const { name } of images) passedOver.add("images beside the classes", join(directory, name));
  const found: { className: string; images: { name: string; bytes: number }[] }[] = [];
  for (const className of folders) {
    const unread = passedOver.list.reduce(
      (sum, kind) => sum + (kind.arePictures ? kind.count : 0),
      0,
    );
    const inClass = await listClass(directory, className, { passedOver, depth: 1 });
    if (inClass.length > 0) found.push({ className, images: inClass });
    else {
      requireNoPictures(join(directory, className), passedOver, unread);
      passedOver.add("folders without images", join(directory, className));
    }
  }
  if (found.length === 0 || found.length > MAX_CLASSES) {
    const Refusal = found.length === 0 ? NoClassesError : DataError;
    throw new Refusal(
      `Cannot list images: ${directory} must hold one folder per class, found ${found.length} with images; ` +
        `arrange the images as <class>/<image>.png`,
    );
  }
  const nameOf = foldSpellings([
    ...options.classNames ?? [],
    ...found.map(({ className }) => className),
  ]);
  const names = options.classNames ?? [...new Set(nameOf.values())].sort(compareNames);
  const labels = new Map(names.map((name, label) => [nameOf.get(name)!, label]));
  const labelOf = (className: string) => labels.get(nameOf.get(className)!);
  const unknown = found.find(({ className }) => labelOf(className) === undefined);
  if (unknown !== undefined) {
    throw new DataError(
      `Cannot list images: class ${unknown.className} of ${directory} has no training images; ` +
        `add train/${unknown.className} or remove the folder`,
    );
  }
  const all = found.flatMap(({ className, images }) =>
    images.map((image) => ({ ...image, label: labelOf(className)! }))
  ).sort((one, other) => one.label - other.label);
  return {
    classNames: names,
    files: all.map(({ name }) => name),
    labels: Uint16Array.from(all, ({ label }) => label),
    sizes: all.map(({ bytes }) => bytes),
  };
}
