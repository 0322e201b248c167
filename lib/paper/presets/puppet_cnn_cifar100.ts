import type { Preset } from "./preset.ts";

/**
 * Table 6: Puppet-CNN on CIFAR-100.
 *
 * All 50,000 training images, a fifth of them held out (a rule of the dataset).
 *
 * ```sh
 * deno task table6 --only puppet-cnn-cifar100
 * deno task puppet train --preset puppet-cnn-cifar100 --run runs/puppet-cnn-cifar100
 * ```
 *
 * One seed takes about 12 hours on two CPU cores with native TensorFlow.
 */
export const puppetCnnCifar100: Preset = {
  name: "puppet-cnn-cifar100",
  places: [
    { table: 6, row: "Puppet-CNN", variant: "CIFAR-100" },
  ],
  rules: { data: { dataset: "cifar100" }, model: { name: "puppet-cnn" } },
  hours: 12,
};
