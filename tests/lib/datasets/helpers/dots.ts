import type { ImageDataset } from "../../../../lib/datasets/dataset.ts";
import { createInMemoryDataset } from "../../../../lib/datasets/in_memory_dataset.ts";

/** One-pixel images: image i has the colour (i, i, i) and the label i % 10. */
export function makeDots(count: number): ImageDataset {
  return createInMemoryDataset({
    name: "dots",
    classNames: Array.from({ length: 10 }, (_, label) => `class ${label}`),
    height: 1,
    width: 1,
    images: Uint8Array.from({ length: count * 3 }, (_, at) => Math.floor(at / 3) & 0xff),
    labels: Uint16Array.from({ length: count }, (_, index) => index % 10),
  });
}
