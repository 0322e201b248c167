import { isAbsolute, join } from "node:path";
import type { RandomStream } from "../randomness/random_stream.ts";
import { cutSquare } from "./cut_square.ts";
import type { ImageDataset, InspectOptions } from "./dataset.ts";
import { decodeInParallel } from "./decode_in_parallel.ts";
import { checkImageIndex, contentFingerprint } from "./in_memory_dataset.ts";
import type { ImageListing } from "./list_image_folder.ts";
import { prepareFile } from "./prepare_file.ts";
import { resizeImage } from "./resize_image.ts";

/** Decoded pixels that are kept at most: all 60,000 images of mini-ImageNet at 96 x 96 are 1.66 GB. */
const MAX_CACHE_BYTES = 2 ** 31;

/** Files from which on threads are worth their start, some 50 ms. */
const MIN_PARALLEL = 24;

/** Pictures are recognised by so many pixels. */
const THUMBNAIL = { height: 8, width: 8 };

/** Options of `createFolderDataset`. */
export interface FolderDatasetOptions {
  /** Folder that the listing's paths start from. */
  readonly directory: string;
  /** Name of the dataset. */
  readonly name: string;
  /** Side in pixels of the images. */
  readonly imageSize: number;
  /**
   * Side in pixels to which pictures are resized before `imageSize` is cut out of them.
   *
   * @default imageSize
   */
  readonly resizeTo?: number | undefined;
  /**
   * Bytes of decoded pixels that are kept; images beyond are decoded whenever they are read.
   *
   * @default 2 GiB
   */
  readonly maxCacheBytes?: number;
}

/** Decodes files and keeps what was decoded first, up to a bound. */
class PictureCache {
  readonly #files: readonly string[];
  readonly #options: FolderDatasetOptions & { readonly side: number };
  readonly #pixels: Uint8Array;
  /** Slot of every file in `#pixels`, counted from 1; 0 has none. */
  readonly #slots: Uint32Array;
  #used = 0;

  constructor(
    files: readonly string[],
    options: FolderDatasetOptions & { readonly side: number },
  ) {
    this.#files = files;
    this.#options = options;
    const bytes = this.#pictureBytes;
    const { maxCacheBytes = MAX_CACHE_BYTES } = options;
    const slots = Math.min(files.length, Math.floor(maxCacheBytes / bytes));
    // The operating system hands out pages as they are written: an unread image costs nothing.
    this.#pixels = new Uint8Array(slots * bytes);
    this.#slots = new Uint32Array(files.length);
  }

  /** Pixels `[side, side, 3]` of one file; not to be changed. */
  async picture(index: number): Promise<Uint8Array> {
    checkImageIndex(index, this.#files.length);
    const bytes = this.#pictureBytes;
    const slot = this.#slots[index]!;
    if (slot > 0) return this.#pixels.subarray((slot - 1) * bytes, slot * bytes);
    const { pixels } = await prepareFile(this.#path(index), { size: this.#options.side });
    this.#keep(index, pixels);
    return pixels;
  }

  /**
   * Decodes files that are not kept, on several threads if there are many of them.
   *
   * @returns Pictures for which there was no room, by index.
   */
  async decode(indices: ArrayLike<number>): Promise<Map<number, Uint8Array>> {
    const missing = [...new Set(Array.from(indices))].filter((index) => this.#slots[index] === 0);
    const beyond = new Map<number, Uint8Array>();
    if (missing.length < MIN_PARALLEL) return beyond;
    await decodeInParallel(missing.map((index) => this.#path(index)), {
      side: this.#options.side,
      receive: (position, { pixels }) => {
        const index = missing[position]!;
        if (!this.#keep(index, pixels)) beyond.set(index, pixels);
      },
    });
    return beyond;
  }

  /** Decodes files, keeps them as far as there is room, and tells of every one. */
  async inspect(indices: ArrayLike<number>, { receive, refuse }: InspectOptions): Promise<void> {
    const { side } = this.#options;
    const wanted = Array.from(indices);
    const files = wanted.map((index) => this.#path(index));
    await decodeInParallel(files, {
      side,
      receive: (position, { pixels, width, height }) => {
        this.#keep(wanted[position]!, pixels);
        const small = resizeImage({ width: side, height: side, data: pixels }, THUMBNAIL).data;
        receive(wanted[position]!, { file: files[position]!, width, height, thumbnail: small });
      },
      refuse: (position, error) => refuse(wanted[position]!, error.message),
    });
  }

  #path(index: number): string {
    const file = this.#files[index]!;
    // A list can name files anywhere.
    return isAbsolute(file) ? file : join(this.#options.directory, file);
  }

  /** Keeps a picture if there is room; tells whether it is kept. */
  #keep(index: number, picture: Uint8Array): boolean {
    // Another read may have decoded the same file while this one waited.
    if (this.#slots[index]! > 0) return true;
    if ((this.#used + 1) * this.#pictureBytes > this.#pixels.length) return false;
    this.#pixels.set(picture, this.#used * this.#pictureBytes);
    this.#used += 1;
    this.#slots[index] = this.#used;
    return true;
  }

  get #pictureBytes(): number {
    return this.#options.side ** 2 * 3;
  }
}

/**
 * Refuses sizes that no picture can be brought to.
 *
 * @param options Size of the images, and of the pictures that they are cut from.
 * @throws {RangeError} if a side is not a positive integer, or `resizeTo` is below `imageSize`.
 */
export function checkFolderSizes(
  options: Pick<FolderDatasetOptions, "imageSize" | "resizeTo">,
): void {
  const { imageSize, resizeTo: side = imageSize } = options;
  if (![imageSize, side].every((value) => Number.isInteger(value) && value >= 1)) {
    throw new RangeError(
      `Cannot load image folder: image size must be a positive integer, current value is ${imageSize}`,
    );
  }
  if (side < imageSize) {
    throw new RangeError(
      `Cannot load image folder: pictures must be resized to at least ${imageSize} pixels, the size of the images, current value is ${side}`,
    );
  }
}

/**
 * A dataset of image files. A file is decoded when it is first asked for; its pixels are kept as long as there is
 * room, so that memory is bounded whatever the number of files.
 *
 * @param listing Classes, files and labels.
 * @param options Folder, name, sizes, bound of the memory.
 * @returns The dataset; its fingerprint covers names and file lengths, not pixels.
 * @throws {RangeError} if a side is not a positive integer, or `resizeTo` is below `imageSize`.
 */
export function createFolderDataset(
  listing: ImageListing,
  options: FolderDatasetOptions,
): ImageDataset {
  checkFolderSizes(options);
  const { imageSize, name, resizeTo: side = imageSize } = options;
  const { classNames, files, labels, sizes } = listing;
  const cache = new PictureCache(files, { ...options, side });
  const imageBytes = imageSize * imageSize * 3;
  async function gather(
    indices: ArrayLike<number>,
    cut: (picture: Uint8Array) => Uint8Array,
  ): Promise<Uint8Array> {
    const out = new Uint8Array(indices.length * imageBytes);
    for (const index of Array.from(indices)) checkImageIndex(index, files.length);
    const decoded = await cache.decode(indices);
    for (let position = 0; position < indices.length; position++) {
      const index = indices[position]!;
      const picture = decoded.get(index) ?? await cache.picture(index);
      out.set(side === imageSize ? picture : cut(picture), position * imageBytes);
    }
    return out;
  }
  const form = side === imageSize ? [imageSize] : [imageSize, side];
  return {
    name,
    classNames,
    height: imageSize,
    width: imageSize,
    length: files.length,
    labels,
    fingerprint: contentFingerprint([
      JSON.stringify([classNames, ...form, files, sizes, [...labels]]),
    ]),
    inspect: (indices, options) => cache.inspect(indices, options),
    read: (indices) => gather(indices, (picture) => cutSquare(picture, { side, size: imageSize })),
    ...(side === imageSize ? {} : {
      readRandomCrops: (indices: ArrayLike<number>, stream: RandomStream) =>
        gather(indices, (picture) => {
          const top = Math.floor(stream.nextFloat() * (side - imageSize + 1));
          const left = Math.floor(stream.nextFloat() * (side - imageSize + 1));
          return cutSquare(picture, { side, size: imageSize, top, left });
        }),
    }),
  };
}
