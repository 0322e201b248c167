import type { ImageDataset } from "./dataset.ts";
import { checkImageIndex, contentFingerprint } from "./in_memory_dataset.ts";

/**
 * A view of some images of a dataset; no pixel is copied.
 *
 * @param dataset The whole.
 * @param indices Positions in the whole, in the order wanted.
 * @returns A dataset of `indices.length` images with its own fingerprint.
 * @throws {RangeError} if an index names no image.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createInMemoryDataset } from "./in_memory_dataset.ts";
 *
 * const whole = createInMemoryDataset({
 *   name: "dots",
 *   classNames: ["a", "b", "c"],
 *   height: 1,
 *   width: 1,
 *   images: Uint8Array.of(0, 0, 0, 1, 1, 1, 2, 2, 2),
 *   labels: Uint16Array.of(0, 1, 2),
 * });
 * const part = subset(whole, [2, 0]);
 * assert.deepEqual([...part.labels], [2, 0]);
 * assert.deepEqual([...await part.read([0])], [2, 2, 2]);
 * ```
 */
export function subset(dataset: ImageDataset, indices: ArrayLike<number>): ImageDataset {
  const kept = new Uint32Array(indices.length);
  for (let position = 0; position < indices.length; position++) {
    checkImageIndex(indices[position]!, dataset.length);
    kept[position] = indices[position]!;
  }
  function inWhole(positions: ArrayLike<number>): number[] {
    return Array.from(positions, (position) => {
      checkImageIndex(position, kept.length);
      return kept[position]!;
    });
  }
  const { readRandomCrops, inspect } = dataset;
  return {
    name: dataset.name,
    classNames: dataset.classNames,
    height: dataset.height,
    width: dataset.width,
    length: kept.length,
    labels: Uint16Array.from(kept, (index) => dataset.labels[index]!),
    fingerprint: contentFingerprint([dataset.fingerprint, kept.join(",")]),
    read: (positions) => dataset.read(inWhole(positions)),
    ...(readRandomCrops === undefined ? {} : {
      readRandomCrops: (positions, stream) =>
        readRandomCrops.call(dataset, inWhole(positions), stream),
    }),
    ...(inspect === undefined ? {} : {
      inspect: (positions, { receive, refuse }) => {
        const wanted = inWhole(positions);
        const positionOf = new Map(wanted.map((index, at) => [index, positions[at]!]));
        return inspect.call(dataset, wanted, {
          receive: (index, image) => receive(positionOf.get(index)!, image),
          refuse: (index, reason) => refuse(positionOf.get(index)!, reason),
        });
      },
    }),
  };
}
