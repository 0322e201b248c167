import type { Preset } from "./preset.ts";

/**
 * Table 6: Puppet-CNN on mini-ImageNet.
 *
 * 84 x 84 pixels cut at random out of 96, split 8:1:1 by a fixed seed (rules of the dataset).
 *
 * ```sh
 * deno task table6 --only puppet-cnn-mini-imagenet
 * deno task puppet train --preset puppet-cnn-mini-imagenet --run runs/puppet-cnn-mini-imagenet
 * ```
 *
 * One seed takes about 100 hours on two CPU cores with native TensorFlow.
 */
export const puppetCnnMiniImagenet: Preset = {
  name: "puppet-cnn-mini-imagenet",
  places: [
    { table: 6, row: "Puppet-CNN", variant: "mini-ImageNet" },
  ],
  rules: { data: { dataset: "mini-imagenet" }, model: { name: "puppet-cnn" } },
  hours: 100,
};
