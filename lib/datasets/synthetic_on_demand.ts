import { RandomStream } from "../randomness/random_stream.ts";
import type { DatasetParts, ImageDataset } from "./dataset.ts";
import { checkImageIndex, contentFingerprint } from "./in_memory_dataset.ts";
import { drawImage, syntheticSeed } from "./synthetic.ts";
import { type Figure, syntheticFigures } from "./synthetic_shapes.ts";

/** Changes when the same options would draw other images: part of the fingerprint. */
const DRAWING_VERSION = 1;

/** Size of a hole in units of the figure around it. */
const HOLE = 0.45;

/** Options of `drawSyntheticOnDemand`. */
export interface SyntheticFormOptions {
  /** Side in pixels, at least 16. */
  readonly size: number;
  /** Number of classes, 2..100. */
  readonly classes: number;
  /**
   * Images of the training part.
   *
   * @default 4000
   */
  readonly trainImages?: number;
  /**
   * Images of the test part.
   *
   * @default 1000
   */
  readonly testImages?: number;
}

/** Up to ten classes are the plain figures; more of them are told apart by a small figure cut out of the middle. */
function classOf(label: number, classes: number): readonly [name: string, figure: Figure] {
  const [name, outer] = syntheticFigures[label % syntheticFigures.length]!;
  if (classes <= syntheticFigures.length) return [name, outer];
  const [holeName, hole] = syntheticFigures[Math.floor(label / syntheticFigures.length)]!;
  const figure: Figure = (x, y) => outer(x, y) && !hole(x / HOLE, y / HOLE);
  return [`${name}-without-${holeName}`, figure];
}

function drawnPart(
  purpose: string,
  options: { readonly count: number; readonly size: number; readonly classes: number },
): ImageDataset {
  const { count, size, classes } = options;
  const imageBytes = size * size * 3;
  const kinds = Array.from({ length: classes }, (_, label) => classOf(label, classes));
  const labels = Uint16Array.from({ length: count }, (_, index) => index % classes);
  return {
    name: "synthetic",
    classNames: kinds.map(([name]) => name),
    height: size,
    width: size,
    length: count,
    labels,
    fingerprint: contentFingerprint([
      JSON.stringify([DRAWING_VERSION, syntheticSeed, purpose, count, size, classes]),
    ]),
    read(indices) {
      return new Promise((resolve) => {
        const pixels = new Uint8Array(indices.length * imageBytes);
        for (let position = 0; position < indices.length; position++) {
          const index = indices[position]!;
          checkImageIndex(index, count);
          const target = pixels.subarray(position * imageBytes, (position + 1) * imageBytes);
          const stream = new RandomStream(syntheticSeed, purpose, index);
          drawImage(kinds[labels[index]!]![1], target, { size, stream });
        }
        resolve(pixels);
      });
    },
  };
}

/**
 * Synthetic images of any size and of up to 100 classes, each drawn whenever it is read: nothing is kept, and opening
 * the set costs nothing. For smoke runs of protocols whose images are not available.
 *
 * @param options Form of the images and their numbers.
 * @returns Training and test part; no image is in both.
 * @throws {RangeError} if an option is out of range.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const { train } = drawSyntheticOnDemand({ size: 84, classes: 100 });
 * assert.equal(train.classNames[23], "triangle-without-square");
 * assert.equal((await train.read([0])).length, 84 * 84 * 3);
 * ```
 */
export function drawSyntheticOnDemand(options: SyntheticFormOptions): DatasetParts {
  const { size, classes, trainImages = 4000, testImages = 1000 } = options;
  for (
    const [name, value, least, most] of [
      ["size", size, 16, 1024],
      ["classes", classes, 2, syntheticFigures.length ** 2],
      ["train images", trainImages, 1, 1e6],
      ["test images", testImages, 1, 1e6],
    ] as const
  ) {
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new RangeError(
        `Cannot draw synthetic images: ${name} must be an integer in ${least}..${most}, ` +
          `current value is ${value}`,
      );
    }
  }
  return {
    train: drawnPart("synthetic-train", { count: trainImages, size, classes }),
    test: drawnPart("synthetic-test", { count: testImages, size, classes }),
  };
}
