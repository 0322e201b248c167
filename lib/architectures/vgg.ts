import { classifierHead, convolution } from "./layer.ts";
import type { Layer } from "./layer.ts";

/** Output channels of the convolutions; "M" is 2x2 max-pooling. */
export type VggRows = readonly (number | "M")[];

// deno-fmt-ignore
/** The configurations A, B, D and E of Simonyan and Zisserman 2015 (their Table 1), named by their weighted layers. */
export const vggVariants: ReadonlyMap<number, VggRows> = new Map<number, VggRows>([
  [11, [64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"]],
  [13, [64, 64, "M", 128, 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"]],
  [16, [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"]],
  [19, [64, 64, "M", 128, 128, "M", 256, 256, 256, 256, "M", 512, 512, 512, 512, "M", 512, 512, 512, 512, "M"]],
]);

/** Length of the vectors of the head, before the classes. */
const HEAD = [512, 512, 512] as const;

/**
 * VGG-11 (Simonyan and Zisserman 2015) with batch norm and a head of width 512: the only one of 24 variants that
 * gives the published 39.01 MB and 39.20 MB for 100 classes.
 *
 * @param classes Number of classes.
 * @param rows Output channels and poolings, for other depths: a row of `vggVariants`.
 * @returns The layers in order: 9,753,674 parameters for ten classes.
 */
export function vggArchitecture(
  classes: number,
  rows: VggRows = vggVariants.get(11)!,
): Layer[] {
  const layers: Layer[] = [];
  let inputChannels = 3;
  let index = 0;
  for (const row of rows) {
    if (row === "M") {
      layers.push({ kind: "max-pool", size: 2, stride: 2 });
      continue;
    }
    index += 1;
    layers.push(convolution(`conv${index}`, { kernelSize: 3, inputChannels, outputChannels: row }));
    inputChannels = row;
  }
  return [...layers, ...classifierHead([...HEAD, classes])];
}
