import { createHash } from "node:crypto";
import { describeGiven, isPlainObject } from "../arguments/describe_given.ts";
import type { ImageDataset } from "./dataset.ts";

/** What `createInMemoryDataset` is made from. */
export interface InMemoryDatasetParts {
  /** Short name, as the command line spells it. */
  readonly name: string;
  /** Class names; a label is an index into this list. */
  readonly classNames: readonly string[];
  /** Height in pixels. */
  readonly height: number;
  /** Width in pixels. */
  readonly width: number;
  /** Pixels `[length, height, width, 3]` (RGB), row-major, uint8; kept, not copied. */
  readonly images: Uint8Array;
  /** One label per image: `[length]`, uint16; kept, not copied. */
  readonly labels: Uint16Array;
}

/**
 * Makes a dataset whose images all stand in memory.
 *
 * @param parts Names, size, pixels and labels.
 * @returns The dataset; its fingerprint covers class names, size, labels and pixels.
 * @throws {TypeError} if the images are no bytes, the labels are no Uint16Array, or names are no texts.
 * @throws {RangeError} if the sizes disagree or are no numbers of pixels, a label names no class, or two classes have one
 * name.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const dataset = createInMemoryDataset({
 *   name: "dots",
 *   classNames: ["dark", "light"],
 *   height: 1,
 *   width: 1,
 *   images: Uint8Array.of(0, 0, 0, 255, 255, 255),
 *   labels: Uint16Array.of(0, 1),
 * });
 * assert.equal(dataset.length, 2);
 * assert.deepEqual([...await dataset.read([1])], [255, 255, 255]);
 * ```
 */
export function createInMemoryDataset(parts: InMemoryDatasetParts): ImageDataset {
  checkNames(parts);
  const { name, classNames, height, width, images, labels } = parts;
  const given: { readonly images: unknown; readonly labels: unknown } = parts;
  if (!(given.images instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot create dataset ${name}: images must be bytes of 0..255 in a Uint8Array; convert them`,
    );
  }
  if (!(given.labels instanceof Uint16Array)) {
    throw new TypeError(
      `Cannot create dataset ${name}: labels must be numbers of classes in a Uint16Array; convert them`,
    );
  }
  for (const [side, value] of Object.entries({ height, width })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new RangeError(
      `Cannot create dataset ${name}: ${side} must be a whole number of at least 1, current value is ${value}`,
    );
  }
  const imageBytes = height * width * 3;
  if (images.length !== labels.length * imageBytes) {
    throw new RangeError(
      `Cannot create dataset ${name}: ${labels.length} images of ${height} x ${width} x 3 need ` +
        `${labels.length * imageBytes} bytes, current value is ${images.length}`,
    );
  }
  checkLabels(name, labels, classNames.length);
  const fingerprint = contentFingerprint([
    JSON.stringify([classNames, height, width]),
    // Byte by byte, so that the digest does not depend on the byte order of the machine.
    Uint8Array.from(
      { length: labels.length * 2 },
      (_, at) => (labels[at >> 1]! >> (8 * (at & 1))) & 0xff,
    ),
    images,
  ]);
  return {
    name,
    classNames,
    height,
    width,
    length: labels.length,
    labels,
    fingerprint,
    read(indices: ArrayLike<number>): Promise<Uint8Array> {
      return new Promise((resolve) => resolve(gatherImages(images, indices, imageBytes)));
    },
  };
}

/**
 * The first 16 hexadecimal digits of the SHA-256 digest of several pieces.
 *
 * @param pieces Texts and bytes, in order.
 * @returns 16 hexadecimal digits.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(contentFingerprint(["abc"]), "ba7816bf8f01cfea");
 * ```
 */
export function contentFingerprint(pieces: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex").slice(0, 16);
}

/**
 * Refuses a position outside a dataset before it reads a neighbour's pixels.
 *
 * @param index Position asked for.
 * @param length Number of images.
 * @throws {RangeError} unless index is an integer in 0 .. length - 1.
 */
export function checkImageIndex(index: number, length: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= length) {
    throw new RangeError(
      `Cannot read image: index must be an integer in 0..${length - 1}, current value is ${index}`,
    );
  }
}

function gatherImages(
  images: Uint8Array,
  indices: ArrayLike<number>,
  imageBytes: number,
): Uint8Array {
  const length = images.length / imageBytes;
  const pixels = new Uint8Array(indices.length * imageBytes);
  for (let position = 0; position < indices.length; position++) {
    const index = indices[position]!;
    checkImageIndex(index, length);
    pixels.set(
      images.subarray(index * imageBytes, (index + 1) * imageBytes),
      position * imageBytes,
    );
  }
  return pixels;
}

function checkNames(parts: unknown): void {
  if (!isPlainObject(parts) || typeof parts["name"] !== "string") {
    throw new TypeError(
      "Cannot create a dataset: it must be { name, classNames, height, width, images, labels } with a text for a name",
    );
  }
  const { name, classNames } = parts;
  if (!Array.isArray(classNames) || !classNames.every((one) => typeof one === "string")) {
    throw new TypeError(
      `Cannot create dataset ${name}: classNames must be a list of texts, current value is ${
        describeGiven(classNames)
      }`,
    );
  }
  const seen = new Set<string>();
  for (const one of classNames) {
    if (seen.has(one)) {
      throw new RangeError(
        `Cannot create dataset ${name}: every class must have a name of its own, ${
          JSON.stringify(one)
        } is there twice`,
      );
    }
    seen.add(one);
  }
}

function checkLabels(name: string, labels: Uint16Array, classCount: number): void {
  const position = labels.findIndex((label) => label >= classCount);
  if (position >= 0) {
    throw new RangeError(
      `Cannot create dataset ${name}: label must be in 0..${classCount - 1}, ` +
        `image ${position} has ${labels[position]}`,
    );
  }
}
