import type { ImageDataset } from "./dataset.ts";

/**
 * The same images under the classes of a model, which may have more of them, in another order; no pixel is copied.
 *
 * @param dataset Images whose classes are all among the others.
 * @param classNames The classes that labels are to be indices into.
 * @returns The dataset itself where its classes are these; `null` where it has a class that is not among them.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createInMemoryDataset } from "./in_memory_dataset.ts";
 *
 * const dogs = createInMemoryDataset({
 *   name: "dogs",
 *   classNames: ["dog"],
 *   height: 1,
 *   width: 1,
 *   images: Uint8Array.of(1, 2, 3),
 *   labels: Uint16Array.of(0),
 * });
 * assert.deepEqual([...withClasses(dogs, ["cat", "dog"])!.labels], [1]);
 * assert.equal(withClasses(dogs, ["cat", "cow"]), null);
 * ```
 */
export function withClasses(
  dataset: ImageDataset,
  classNames: readonly string[],
): ImageDataset | null {
  const own = dataset.classNames;
  const places = own.map((name) => classNames.indexOf(name));
  if (places.includes(-1)) return null;
  if (own.length === classNames.length && places.every((place, at) => place === at)) return dataset;
  const { name, height, width, length, fingerprint } = dataset;
  return {
    ...{ name, height, width, length, fingerprint, classNames },
    labels: dataset.labels.map((label) => places[label]!),
    read: (indices) => dataset.read(indices),
  };
}
