import { classifierHead, convolution } from "./layer.ts";
import type { Layer } from "./layer.ts";

/** Output channels and stride of the separable convolutions; the two of 1024 channels are dropped. */
const SEPARABLE = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
] as const;

/** Channels of the stem. */
const STEM = 32;

/**
 * MobileNet v1 (Howard et al. 2017) with at most 512 channels and a hidden layer of 512: 7.52 MB as published. Strides are
 * those of the original but for the stem, which keeps small images whole.
 *
 * @param classes Number of classes.
 * @returns The layers in order: 1,880,906 parameters for ten classes.
 */
export function mobilenetV1Architecture(classes: number): Layer[] {
  const layers: Layer[] = [
    convolution("stem", { kernelSize: 3, inputChannels: 3, outputChannels: STEM }),
  ];
  let inputChannels: number = STEM;
  SEPARABLE.forEach(([outputChannels, stride], index) => {
    const depthwise = { kernelSize: 3, inputChannels, outputChannels: inputChannels };
    layers.push(
      convolution(`block${index + 1}.depthwise`, depthwise, { depthwise: true, stride }),
      convolution(`block${index + 1}.pointwise`, { kernelSize: 1, inputChannels, outputChannels }),
    );
    inputChannels = outputChannels;
  });
  return [...layers, ...classifierHead([inputChannels, 512, classes])];
}
