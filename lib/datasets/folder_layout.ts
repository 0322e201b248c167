import { basename, dirname, extname, join, resolve } from "node:path";
import { DataError } from "../errors.ts";
import { describePathFailure } from "../files/path_failure.ts";
import { type DataPart, partOfName } from "./data_part.ts";
import { foldSpellings } from "./fold_spellings.ts";
import { type ListedImage, readImageList } from "./image_list.ts";
import {
  compareNames,
  type FolderContent,
  type ImageListing,
  listFolder,
  listImageFolder,
  MAX_CLASSES,
  NoClassesError,
} from "./list_image_folder.ts";
import { type PassedOver, PassedOverTally } from "./passed_over.ts";
import { namesPictures, whyNoImageList } from "./why_no_image_list.ts";
import { countOf } from "../count_of.ts";

/** How a folder of images is arranged. */
export interface FolderLayout {
  /** Folder that the paths of the listings start from. */
  readonly directory: string;
  /** In words: what the parts were taken from. */
  readonly description: string;
  readonly train: ImageListing;
  /** `null` where the folder has no such part. */
  readonly validation: ImageListing | null;
  /** `null` where the folder has no such part. */
  readonly test: ImageListing | null;
  /** What was left out. */
  readonly passedOver: readonly PassedOver[];
}

const LIST_NAME = /\.(csv|tsv)$/i;

/** Lists of one name that are looked at beside those named for a part. */
const WHOLE_LIST = /^(labels?|annotations?|list|data|images|metadata|classes|all)$/i;

/** The only folder in a folder: archives often hold one with everything in it. `null` where there is more to see. */
async function findOnlyFolder(root: string, content: FolderContent): Promise<string | null> {
  const [only, ...others] = content.folders;
  const isPart = only !== undefined && partOfName(only) !== null;
  if (only === undefined || others.length > 0 || content.images.length > 0 || isPart) return null;
  const inner = join(root, only);
  return (await listFolder(inner)).folders.length === 0 ? null : inner;
}

async function findLists(root: string): Promise<Map<string, DataPart | null>> {
  const lists = new Map<string, DataPart | null>();
  for await (const { name, isDirectory } of Deno.readDir(root)) {
    if (isDirectory || !LIST_NAME.test(name)) continue;
    const stem = basename(name, extname(name));
    if (partOfName(stem) !== null || WHOLE_LIST.test(stem)) {
      lists.set(join(root, name), partOfName(stem));
    }
  }
  return new Map([...lists].sort(([one], [other]) => compareNames(one, other)));
}

async function fileBytes(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    // Whoever reads the image finds out, and names it with all others.
    if (describePathFailure(error) !== null) return 0;
    throw error;
  }
}

/** Numbers in their order, names in theirs. */
function sortClassNames(names: Iterable<string>): string[] {
  const sorted = [...new Set(names)].sort(compareNames);
  const areNumbers = sorted.every((name) => /^\d{1,9}$/.test(name));
  return areNumbers ? sorted.sort((one, other) => Number(one) - Number(other)) : sorted;
}

/** What two rows of an image say of it. */
function describeBoth(one: ListedImage, other: ListedImage): string {
  if (one.className !== other.className) return `as ${one.className} and as ${other.className}`;
  const [part, otherPart] = [one.part ?? "train", other.part ?? "train"];
  return part === otherPart
    ? `both times as ${one.className}`
    : `for the ${part} part and for the ${otherPart} part; no part may see images of another`;
}

/** Paths are compared as they lead to files: one may be absolute, another not. */
function refuseTwice(
  images: readonly ListedImage[],
  { directory, description }: Pick<FolderLayout, "directory" | "description">,
): void {
  const seen = new Map<string, ListedImage>();
  for (const image of images) {
    const path = resolve(directory, image.file);
    const before = seen.get(path);
    if (before !== undefined) {
      throw new DataError(
        `Cannot load images: ${image.file} is listed twice in ${description}, ${
          describeBoth(before, image)
        }; keep one of the rows`,
      );
    }
    seen.set(path, image);
  }
}

/** The layout that lists describe; `null` if none of them is a list of images. */
async function readLists(
  directory: string,
  lists: ReadonlyMap<string, DataPart | null>,
): Promise<Omit<FolderLayout, "passedOver"> & { readonly used: readonly string[] } | null> {
  const found: ListedImage[] = [];
  const used: string[] = [];
  const choices = new Set<string>();
  for (const [list, part] of lists) {
    const listed = await readImageList(list);
    if (listed === null) continue;
    for (const image of listed.images) found.push({ ...image, part: image.part ?? part });
    if (listed.choice !== null) choices.add(listed.choice);
    used.push(list);
  }
  if (used.length === 0) return null;
  const description = used.map((list) => basename(list)).join(", ");
  const nameOf = foldSpellings(found.map(({ className }) => className));
  const images = found.map((image) => ({ ...image, className: nameOf.get(image.className)! }));
  refuseTwice(images, { directory, description });
  const ofPart = (part: DataPart) => images.filter((image) => (image.part ?? "train") === part);
  const classNames = sortClassNames(ofPart("train").map(({ className }) => className));
  if (classNames.length > MAX_CLASSES) {
    throw new DataError(
      `Cannot load images: ${description} must name at most ${MAX_CLASSES} classes, current value is ` +
        `${classNames.length}; give a column of classes, not of numbers that every image has for itself`,
    );
  }
  const labelOf = new Map(classNames.map((name, label) => [name, label]));
  const listingOf = async (part: DataPart): Promise<ImageListing | null> => {
    const chosen = ofPart(part);
    if (chosen.length === 0) return null;
    const unknown = chosen.find(({ className }) => !labelOf.has(className));
    if (unknown !== undefined) {
      throw new DataError(
        `Cannot load images: class ${unknown.className} of ${unknown.file} in ${description} has no training images; add some, or take it off the list`,
      );
    }
    return {
      classNames,
      files: chosen.map(({ file }) => file),
      labels: Uint16Array.from(chosen, ({ className }) => labelOf.get(className)!),
      sizes: await Promise.all(chosen.map(({ file }) => fileBytes(resolve(directory, file)))),
    };
  };
  const train = await listingOf("train");
  if (train === null) {
    throw new DataError(`Cannot load images: ${description} names no training images; add some`);
  }
  const [validation, test] = [await listingOf("validation"), await listingOf("test")];
  const arrangement = [`lists ${description}`, ...choices].join("; ");
  return { directory, description: arrangement, train, validation, test, used };
}

/** The training part; a class can have its name, a train beside a bus. */
async function listTrainFolder(
  folder: string,
  { passedOver, others }: {
    readonly passedOver: PassedOverTally;
    readonly others: readonly string[];
  },
): Promise<ImageListing> {
  try {
    return await listImageFolder(folder, { passedOver });
  } catch (error) {
    if (!(error instanceof NoClassesError) || others.length === 0) throw error;
    throw new NoClassesError(
      `${error.message}; by its name it is the training part: if it is a class, as ${
        others[0]
      } is, rename it`,
      { cause: error },
    );
  }
}

/** The layout of `train`, `val` and `test`, by whatever name they have. */
async function readParts(
  root: string,
  folders: readonly string[],
  passedOver: PassedOverTally,
): Promise<FolderLayout> {
  const folderOf = new Map<DataPart, string>();
  for (const name of folders) {
    const part = partOfName(name);
    if (part === null) passedOver.add("folders beside the parts", join(root, name));
    else if (folderOf.has(part)) {
      throw new DataError(
        `Cannot load images: ${root} has two folders for the ${part} part, ${
          folderOf.get(part)
        } and ${name}; keep one of them`,
      );
    } else folderOf.set(part, name);
  }
  const below = (listing: ImageListing, folder: string): ImageListing => ({
    ...listing,
    files: listing.files.map((file) => `${folder}/${file}`),
  });
  const trainFolder = folderOf.get("train")!;
  const others = folders.filter((name) => partOfName(name) === null);
  const train = await listTrainFolder(join(root, trainFolder), { passedOver, others });
  const { classNames } = train;
  const listingOf = async (part: DataPart): Promise<ImageListing | null> => {
    const folder = folderOf.get(part);
    if (folder === undefined) return null;
    return below(await listImageFolder(join(root, folder), { classNames, passedOver }), folder);
  };
  return {
    directory: root,
    description: `folders ${[...folderOf.values()].join(", ")}`,
    train: below(train, trainFolder),
    validation: await listingOf("validation"),
    test: await listingOf("test"),
    passedOver: passedOver.list,
  };
}

/** Nested folders are opened so far. */
const MAX_NESTING = 3;

/** The layout of a folder, or of the only folder in it: lists come first, since they can lie beside their images. */
async function readLayoutBelow(root: string, depth: number): Promise<FolderLayout> {
  const content = await listFolder(root);
  const lists = await findLists(root);
  const listed = await readLists(root, lists);
  if (listed !== null) {
    const passedOver = new PassedOverTally(listed.used);
    await listFolder(root, { passedOver });
    return { ...listed, passedOver: passedOver.list };
  }
  const [list] = lists.keys();
  if (list === undefined) return await readFolders(root, { content, depth });
  // Whoever has a list and no folders of classes is told nothing by the folders.
  const listFault = async () => `${list} is no list of images: ${await whyNoImageList(list)}`;
  try {
    const layout = await readFolders(root, { content, depth });
    const [only, ...others] = layout.train.classNames;
    if (others.length > 0 || !await namesPictures(list)) return layout;
    throw new DataError(
      `Cannot load images: ${root} has only one class of images, ${only}, and ${await listFault()}`,
    );
  } catch (error) {
    if (!(error instanceof NoClassesError)) throw error;
    throw new NoClassesError(`${error.message}. ${await listFault()}`, { cause: error });
  }
}

/** The layout that the folders describe. */
async function readFolders(
  root: string,
  { content, depth }: { readonly content: FolderContent; readonly depth: number },
): Promise<FolderLayout> {
  const passedOver = new PassedOverTally();
  await listFolder(root, { passedOver });
  const inner = depth < MAX_NESTING ? await findOnlyFolder(root, content) : null;
  if (inner !== null) return await readLayoutBelow(inner, depth + 1);
  if (content.folders.some((name) => partOfName(name) === "train")) {
    return await readParts(root, content.folders, passedOver);
  }
  if (content.folders.length > 0 && content.folders.every((name) => partOfName(name) !== null)) {
    throw new DataError(
      `Cannot load images: ${root} has no folder of training images beside ${
        content.folders.join(" and ")
      }; add one, train for example, or name the folder itself to evaluate a trained model on it: ${
        join(root, content.folders[0]!)
      }`,
    );
  }
  const classes = new PassedOverTally();
  const train = await listImageFolder(root, { passedOver: classes });
  const description = `a folder for each of ${
    countOf(train.classNames.length, "class", "classes")
  }`;
  const layout = { directory: root, description, train, validation: null, test: null };
  return { ...layout, passedOver: classes.list };
}

/**
 * Finds out how a folder of images is arranged: lists of paths and labels; `train`, `val` and `test` by any of their
 * usual names; or a folder per class. All of it may lie one or two folders further down. Nothing is decoded.
 *
 * @param path The folder, or a list.
 * @returns The parts that there are, and what was left out.
 * @throws {DataError} if it is arranged otherwise, or cannot be read.
 */
export async function readFolderLayout(path: string): Promise<FolderLayout> {
  if (LIST_NAME.test(path)) {
    const layout = await readLists(dirname(path), new Map([[path, null]]));
    if (layout !== null) return { ...layout, passedOver: [] };
    throw new DataError(
      `Cannot load images: ${path} must have a row for every image, with a path that leads to it from the folder of ` +
        `the list, and a label, but ${await whyNoImageList(path)}`,
    );
  }
  return await readLayoutBelow(path, 0);
}
