import { join, relative } from "node:path";
import { DataError } from "../errors.ts";
import { readBoundedText } from "../read_bounded.ts";
import { pathExists } from "../files/path_exists.ts";
import { IMAGE_NAME } from "./decode_image.ts";
import { compareNames, type ImageListing, listFolder } from "./list_image_folder.ts";

/**
 * The split lists that copies come with: those of Ravi and Larochelle (2017), whose parts have classes of their own, and
 * the lists that others made for classification, whose parts share all classes. Either way they are pooled.
 */
const LIST_SETS: readonly (readonly string[])[] = [
  ["train.csv", "val.csv", "test.csv"],
  ["new_train.csv", "new_val.csv"],
];

/** A list of all 60,000 images has some 2 MB. */
const LIST_BOUNDS = { maxBytes: 64e6, refusal: DataError };

const PARTS = ["train", "val", "validation", "test"];

/** Names that are taken over into paths: no separators, no leading dot, no more characters than file systems take. */
export const SAFE_NAME: RegExp = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

/** An image of a copy of mini-ImageNet. */
export interface FoundImage {
  /** Path of the file. */
  readonly path: string;
  /** Its class. */
  readonly className: string;
  /** Name of the file. */
  readonly file: string;
  /** Length of the file; `null` where a list names it, which may be wrong. */
  readonly bytes: number | null;
}

/**
 * Whether a file is one of the split lists.
 *
 * @param name Name of a file.
 * @returns `true` for `train.csv` and its like.
 */
export function isList(name: string): boolean {
  return LIST_SETS.some((names) => names.includes(name));
}

/** Finds images in class folders; their classes are the names of the folders. */
async function findInFolders(root: string, folders: readonly string[]): Promise<FoundImage[]> {
  const images: FoundImage[] = [];
  for (const className of folders) {
    const listed = await listFolder(join(root, className), { imagesOnly: true });
    for (const { name, bytes } of listed.images) {
      images.push({ path: join(root, className, name), className, file: name, bytes });
    }
  }
  return images;
}

/**
 * Finds the images of a copy of mini-ImageNet, arranged in any of the usual ways: a folder per class, such folders in
 * `train`, `val` and `test`, or `images` with lists `filename,label`; all of it also one folder further down.
 *
 * @param from The folder.
 * @returns All images, the parts pooled: the paper splits all of them 8:1:1 (docs/model.md).
 * @throws {DataError} if a folder or a list cannot be read, or lists name a file twice.
 */
export async function findImages(from: string): Promise<readonly FoundImage[]> {
  let root = from;
  let { folders } = await listFolder(root);
  if (folders.length === 1 && (await listFolder(join(root, folders[0]!))).folders.length > 0) {
    root = join(root, folders[0]!);
    ({ folders } = await listFolder(root));
  }
  if (folders.includes("images")) return await findListed(root);
  const isInParts = folders.length > 0 && folders.every((folder) => PARTS.includes(folder));
  if (!isInParts) return await findInFolders(root, folders);
  const images: FoundImage[] = [];
  for (const part of folders) {
    const classRoot = join(root, part);
    images.push(...await findInFolders(classRoot, (await listFolder(classRoot)).folders));
  }
  return images;
}

/** The lists that lie beside `images`, all of one set. */
async function findLists(root: string): Promise<readonly string[]> {
  for (const names of LIST_SETS) {
    const present = await Promise.all(names.map((name) => pathExists(join(root, name))));
    if (!present.includes(true)) continue;
    const missing = names.find((_, index) => !present[index]);
    if (missing === undefined) return names.map((name) => join(root, name));
    throw new DataError(
      `Cannot install images: ${join(root, missing)} is missing beside images; add the list`,
    );
  }
  throw new DataError(
    `Cannot install images: ${join(root, "train.csv")} is missing beside images; add the list`,
  );
}

/** Images named by the lists `filename,label`, each once: with two labels, one of them would be wrong. */
async function findListed(root: string): Promise<readonly FoundImage[]> {
  const images: FoundImage[] = [];
  const listed = new Set<string>();
  for (const path of await findLists(root)) {
    const lines = (await readBoundedText(path, LIST_BOUNDS)).replace(/^\ufeff/, "").split(/\r?\n/);
    const first = lines.findIndex((line) => line.trim() !== "");
    for (const [at, line] of lines.entries()) {
      if (line.trim() === "" || (at === first && /^filename, ?label$/.test(line.trim()))) continue;
      const [file, className, ...rest] = line.trim().split(/, ?/);
      const isSafe = file !== undefined && className !== undefined && rest.length === 0 &&
        SAFE_NAME.test(file) && SAFE_NAME.test(className);
      if (!isSafe) {
        throw new DataError(
          `Cannot install images: line ${at + 1} of ${path} must be "filename,label", ` +
            "it has another form; fix it",
        );
      }
      if (listed.has(file)) {
        throw new DataError(
          `Cannot use images: ${file} is listed twice, again in line ${
            at + 1
          } of ${path}; an image in two parts would ` +
            "let training see test images; fix the list",
        );
      }
      listed.add(file);
      images.push({ path: join(root, "images", file), className, file, bytes: null });
    }
  }
  return images;
}

/** Length of a listed file; a list may name files that are not there. */
async function fileLength(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    throw new DataError(
      `Cannot load mini-imagenet: ${path} cannot be read; complete the copy, or correct the list that names it`,
      { cause: error },
    );
  }
}

/**
 * Lists a copy of mini-ImageNet for reading, in whichever of the usual ways it is arranged.
 *
 * @param directory The folder.
 * @returns Sorted by class, then by file name, so that the order is the same on every machine.
 * @throws {DataError} if there are no images, or a list names a file that is not there or names it twice.
 */
export async function listMiniImageNet(directory: string): Promise<ImageListing> {
  const images = [...await findImages(directory)].filter(({ file }) => IMAGE_NAME.test(file));
  if (images.length === 0) {
    throw new DataError(
      `Cannot load mini-imagenet: ${directory} holds no class folders with PNG, JPEG or WebP images; ` +
        `install them with "fetch-data mini-imagenet --from <archive or folder>"`,
    );
  }
  images.sort((one, other) =>
    compareNames(one.className, other.className) || compareNames(one.file, other.file) ||
    compareNames(one.path, other.path)
  );
  const classNames = [...new Set(images.map(({ className }) => className))];
  const labelOf = new Map(classNames.map((name, label) => [name, label]));
  const sizes: number[] = [];
  for (const { path, bytes } of images) sizes.push(bytes ?? await fileLength(path));
  return {
    classNames,
    files: images.map(({ path }) => relative(directory, path).replaceAll("\\", "/")),
    labels: Uint16Array.from(images, ({ className }) => labelOf.get(className)!),
    sizes,
  };
}
