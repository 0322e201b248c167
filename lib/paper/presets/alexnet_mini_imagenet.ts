import type { Preset } from "./preset.ts";

/**
 * Table 6: AlexNet on mini-ImageNet.
 *
 * 84 x 84 pixels cut at random out of 96, split 8:1:1 by a fixed seed (rules of the dataset).
 *
 * ```sh
 * deno task table6 --only alexnet-mini-imagenet
 * deno task puppet train --preset alexnet-mini-imagenet --run runs/alexnet-mini-imagenet
 * ```
 *
 * One seed takes about 27 hours on two CPU cores with native TensorFlow.
 */
export const alexnetMiniImagenet: Preset = {
  name: "alexnet-mini-imagenet",
  places: [
    { table: 6, row: "AlexNet", variant: "mini-ImageNet" },
  ],
  rules: { data: { dataset: "mini-imagenet" }, model: { name: "alexnet" } },
  hours: 27,
};
