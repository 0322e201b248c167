import type { Preset } from "./preset.ts";

/**
 * Table 6: ResNet on mini-ImageNet.
 *
 * 84 x 84 pixels cut at random out of 96, split 8:1:1 by a fixed seed (rules of the dataset).
 *
 * ```sh
 * deno task table6 --only resnet-mini-imagenet
 * deno task puppet train --preset resnet-mini-imagenet --run runs/resnet-mini-imagenet
 * ```
 *
 * One seed takes about 44 hours on two CPU cores with native TensorFlow.
 */
export const resnetMiniImagenet: Preset = {
  name: "resnet-mini-imagenet",
  places: [
    { table: 6, row: "ResNet", variant: "mini-ImageNet" },
  ],
  rules: { data: { dataset: "mini-imagenet" }, model: { name: "resnet" } },
  hours: 44,
};
