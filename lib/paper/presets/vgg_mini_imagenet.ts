import type { Preset } from "./preset.ts";

/**
 * Table 6: VGG on mini-ImageNet.
 *
 * 84 x 84 pixels cut at random out of 96, split 8:1:1 by a fixed seed (rules of the dataset).
 *
 * ```sh
 * deno task table6 --only vgg-mini-imagenet
 * deno task puppet train --preset vgg-mini-imagenet --run runs/vgg-mini-imagenet
 * ```
 *
 * One seed takes about 35 hours on two CPU cores with native TensorFlow.
 */
export const vggMiniImagenet: Preset = {
  name: "vgg-mini-imagenet",
  places: [
    { table: 6, row: "VGG", variant: "mini-ImageNet" },
  ],
  rules: { data: { dataset: "mini-imagenet" }, model: { name: "vgg" } },
  hours: 35,
};
