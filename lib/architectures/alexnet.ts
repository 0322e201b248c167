import { classifierHead, convolution } from "./layer.ts";
import type { Layer } from "./layer.ts";

/** Output channels of the convolutions; "M" is 2x2 max-pooling. */
const ALEXNET = [64, "M", 192, "M", 384, 256, 256, "M"] as const;

/** Length of the vectors of the head, before the classes. */
const HEAD = [256, 512, 512, 512] as const;

/**
 * AlexNet for small images (Krizhevsky et al. 2012): 3x3 convolutions with bias and without norm. Channels as in
 * torchvision; the head is what makes the published 11.65 MB (and 11.84 MB for 100 classes) exact, though other
 * channel lists fit them too.
 *
 * @param classes Number of classes.
 * @returns The layers in order: 2,913,610 parameters for ten classes.
 */
export function alexnetArchitecture(classes: number): Layer[] {
  const layers: Layer[] = [];
  let inputChannels = 3;
  let index = 0;
  for (const row of ALEXNET) {
    if (row === "M") {
      layers.push({ kind: "max-pool", size: 2, stride: 2 });
      continue;
    }
    index += 1;
    const shape = { kernelSize: 3, inputChannels, outputChannels: row };
    layers.push(convolution(`conv${index}`, shape, { bias: true, norm: false }));
    inputChannels = row;
  }
  return [...layers, ...classifierHead([...HEAD, classes])];
}
