import { createHash } from "node:crypto";
import { join } from "node:path";
import { DataError } from "../errors.ts";
import { describePathFailure } from "../files/path_failure.ts";
import { readBounded } from "../read_bounded.ts";
import type { ManifestFile } from "./dataset_manifest.ts";
import { IMAGE_NAME, imageFormat } from "./decode_image.ts";
import { findImages, type FoundImage, isList, SAFE_NAME } from "./find_mini_imagenet.ts";
import type { TarMember } from "./read_tar.ts";

/** How to come by the data, for messages. */
export const miniImageNetAdvice =
  "mini-ImageNet has no open address (its images are ImageNet's and need an account there): get a copy " +
  'and give it by "--from <folder or .tar.gz>" or "--mirror <address of a .tar.gz>"; taken are ' +
  "<class>/<image>.jpg, the same inside train, val and test, or images/ with the lists train.csv, " +
  "val.csv and test.csv (filename,label; or new_train.csv, new_val.csv); 100 classes of 600 images, JPEG, PNG or WebP";

/** Largest image file that is taken. */
const MAX_IMAGE_BYTES = 64 * 2 ** 20;

/** What a copy of mini-ImageNet must be. */
export interface ImageExpectation {
  readonly classes: number;
  readonly imagesPerClass: number;
}

/**
 * Chooses the members of an archive: lists, and images under the name of their own folder.
 *
 * @param member A member of the archive.
 * @returns `train.csv` or `<folder>/<image>`, checked names only; `null` for everything else.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const member = { bytes: 10, isRegular: true };
 * assert.equal(selectImageMember({ ...member, name: "mini/train/n01/a.jpg" }), "n01/a.jpg");
 * assert.equal(selectImageMember({ ...member, name: "mini/../a.jpg" }), null);
 * ```
 */
export function selectImageMember(member: TarMember): string | null {
  if (!member.isRegular || member.bytes > MAX_IMAGE_BYTES) return null;
  const [folder, file] = member.name.split("/").slice(-2);
  const last = file ?? folder;
  if (last === undefined) return null;
  if (isList(last)) return last;
  if (file === undefined || folder === undefined || !IMAGE_NAME.test(file)) return null;
  return SAFE_NAME.test(folder) && SAFE_NAME.test(file) ? `${folder}/${file}` : null;
}

/** Options of `stageImages`. */
export interface StageImagesOptions {
  /** Folder to write `<class>/<image>` to; must exist. */
  readonly stage: string;
  readonly expected: ImageExpectation;
  /**
   * Moves the files instead of copying them: for a folder that was only unpacked for this.
   *
   * @default false
   */
  readonly move?: boolean | undefined;
  /** Hears the images copied and their number. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Brings the images of a folder, arranged in any of the ways that copies of mini-ImageNet come in, into one
 * folder per class. The parts of a copy are pooled: the paper splits all 60,000 images 8:1:1 (docs/model.md),
 * while the usual lists put whole classes into one part.
 *
 * @param from The folder.
 * @param options Where to, and what must be there.
 * @returns The files written, with lengths and digests.
 * @throws {DataError} if the arrangement, the counts or a file are not as expected.
 */
export async function stageImages(
  from: string,
  options: StageImagesOptions,
): Promise<readonly ManifestFile[]> {
  const { stage, expected, onProgress, signal } = options;
  const images = await findImages(from);
  checkCounts(from, images, expected);
  const files: ManifestFile[] = [];
  const folders = new Set<string>();
  for (const { path, className, file } of images) {
    signal?.throwIfAborted();
    const bytes = await readImage(path);
    if (imageFormat(bytes) === null) {
      throw new DataError(
        `Cannot install images: ${path} is neither PNG nor JPEG nor WebP; replace it in the copy`,
      );
    }
    const target = join(stage, className, file);
    if (!folders.has(className)) await Deno.mkdir(join(stage, className), { recursive: true });
    folders.add(className);
    if (options.move) await Deno.rename(path, target);
    else await Deno.writeFile(target, bytes, { createNew: true });
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    files.push({ name: `${className}/${file}`, bytes: bytes.length, sha256 });
    onProgress?.(files.length, images.length);
  }
  return files;
}

/**
 * The same for images that were unpacked for this: errors name the archive, not a folder that is gone when they are read.
 *
 * @param unpacked The folder; its files are moved.
 * @param archive Path of the archive.
 * @param options Where to, and what must be there.
 * @returns The files written, with lengths and digests.
 * @throws {DataError} if the arrangement, the counts or a file are not as expected.
 */
export async function stageUnpacked(
  unpacked: string,
  archive: string,
  options: StageImagesOptions,
): Promise<readonly ManifestFile[]> {
  try {
    return await stageImages(unpacked, { ...options, move: true });
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(error.message.replaceAll(unpacked, archive), { cause: error });
  }
}

async function readImage(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readBounded(path, { maxBytes: MAX_IMAGE_BYTES, refusal: DataError });
  } catch (error) {
    const failure = describePathFailure(error);
    if (failure === null) throw error;
    throw new DataError(
      `Cannot install images: ${path} cannot be read, ${failure}; complete the copy, or take the image off its list`,
      { cause: error },
    );
  }
}

function checkCounts(
  from: string,
  images: readonly FoundImage[],
  expected: ImageExpectation,
): void {
  const filesByClass = new Map<string, Set<string>>();
  for (const { path, className, file } of images) {
    const files = filesByClass.get(className) ?? new Set();
    if (files.has(file)) {
      throw new DataError(
        `Cannot install images: ${path} has a namesake in class ${className}; rename one of them`,
      );
    }
    filesByClass.set(className, files.add(file));
  }
  if (filesByClass.size !== expected.classes) {
    throw new DataError(
      `Cannot install images: ${from} must hold ${expected.classes} classes, ` +
        `current value is ${filesByClass.size}; ${miniImageNetAdvice}`,
    );
  }
  for (const [className, files] of filesByClass) {
    if (files.size !== expected.imagesPerClass) {
      throw new DataError(
        `Cannot install images: class ${className} must have ${expected.imagesPerClass} images, ` +
          `current value is ${files.size} in ${from}; complete the copy`,
      );
    }
  }
}
