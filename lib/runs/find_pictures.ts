import { glob } from "node:fs/promises";
import { join, sep } from "node:path";
import { type FolderContent, listFolder } from "../datasets/list_image_folder.ts";
import { type PassedOver, PassedOverTally } from "../datasets/passed_over.ts";
import { DataError } from "../errors.ts";
import { pathExists } from "../files/path_exists.ts";

/** Folders within folders are followed so far. */
const MAX_DEPTH = 32;

/** PNG, JPEG and WebP, as they begin where bytes are read as text. */
const PICTURE = /^(?:\ufffdPNG\r\n|\ufffd{3}|RIFF.{2,4}WEBP)/s;

/** Refuses a picture where a list is expected: every line of its bytes would be a file that is not there. */
function requireList(list: string): string {
  if (!PICTURE.test(list)) return list;
  throw new DataError(
    "Cannot read the list of images on stdin: it is a picture; give the path of its file in place of -",
  );
}

/** Paths of a list: lines, or, where `find -print0` wrote it, what stands between zero characters; names may hold lines. */
function pathsOfList(list: string): string[] {
  return list.split(list.includes("\0") ? "\0" : /\r?\n/).filter((path) => path.trim() !== "");
}

/** The word that stands for a list on standard input. */
const STANDARD_INPUT = "-";

/** Picture files that words stand for. */
export interface FoundPictures {
  /** Paths in the order of the words; those of a folder sorted. */
  readonly files: readonly string[];
  /** What folders hold that is no picture, or of a format that is not read. */
  readonly passedOver: readonly PassedOver[];
}

/** Pictures of a folder and of those within, but for links that lead back to one of the folders `above`. */
async function listDeep(
  folder: string,
  passedOver: PassedOverTally,
  above: readonly string[] = [],
): Promise<string[]> {
  // What is wrong with a folder that has no place is said when it is listed.
  const place = await Deno.realPath(folder).catch(() => folder);
  if (above.includes(place)) {
    passedOver.add("links back to a folder above", folder);
    return [];
  }
  const { images, folders }: FolderContent = await listFolder(folder, { passedOver });
  const files = images.map(({ name }) => join(folder, name));
  for (const inner of folders) {
    if (above.length === MAX_DEPTH) passedOver.add("folders too deep", join(folder, inner));
    else files.push(...await listDeep(join(folder, inner), passedOver, [...above, place]));
  }
  return files;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    // Whoever reads it finds out what is wrong with it.
    return false;
  }
}

/** A pattern that gives all that is in the folders that it gives, but for links. */
const GIVES_CONTENT = /(?:^|[/\\])\*\*$/;

/** The folder that a pattern names before its first sign, and the pattern in it. */
function splitPattern(pattern: string): { readonly folder: string; readonly rest: string } {
  const parts = pattern.split("/");
  const rest = parts.slice(parts.findIndex((part) => /[*?[{(\\]/.test(part))).join("/");
  return { folder: pattern.slice(0, -rest.length) || ".", rest };
}

/** What a pattern stands for, each picture once: files, and folders as if they were named. */
async function expandPattern(pattern: string, passedOver: PassedOverTally): Promise<string[]> {
  const { folder, rest } = splitPattern(pattern);
  // A search passes over what Deno may not read. That says so.
  const isThere = await pathExists(folder);
  const found = isThere ? await Array.fromAsync(glob(rest, { cwd: folder })) : [];
  const matches = found.map((match) => join(folder, match)).sort();
  if (matches.length === 0) {
    throw new DataError(`Cannot find images: nothing matches ${pattern}; name files or folders`);
  }
  const files = new Set<string>();
  const listed: string[] = [];
  for (const match of matches) {
    if (!await isFolder(match)) files.add(match);
    // A pattern that ends in ** gives what is in folders itself, but does not follow links.
    else if (GIVES_CONTENT.test(pattern) && !(await Deno.lstat(match)).isSymlink) continue;
    else if (!listed.some((folder) => match.startsWith(folder))) {
      listed.push(join(match, sep));
      for (const file of await listDeep(match, passedOver)) files.add(file);
    }
  }
  return [...files];
}

/**
 * Finds the picture files that words of a command stand for: files, folders with all that is in them, patterns that the
 * shell left as they are (`photos/*.jpg`, `**` for any folders), and `-` for a list on standard input, one path a line.
 *
 * @param words The words.
 * @param readList Reads standard input.
 * @returns The files; those named by themselves need not exist.
 * @throws {DataError} if a folder cannot be read, a pattern matches nothing, the list is a picture, or there is no file
 * in the end.
 */
export async function findPictures(
  words: readonly string[],
  readList: () => Promise<string>,
): Promise<FoundPictures> {
  const passedOver = new PassedOverTally();
  const files: string[] = [];
  for (const word of words) {
    if (word === STANDARD_INPUT) {
      files.push(...pathsOfList(requireList(await readList())));
    } else if (await isFolder(word)) files.push(...await listDeep(word, passedOver));
    else if (/[*?[{]/.test(word) && !await pathExists(word)) {
      files.push(...await expandPattern(word, passedOver));
    } else files.push(word);
  }
  if (files.length === 0) {
    const places = words.map((word) => word === STANDARD_INPUT ? "the list on stdin" : word).join(
      ", ",
    );
    throw new DataError(`Cannot find images: there are none in ${places}; name others`);
  }
  return { files, passedOver: passedOver.list };
}
