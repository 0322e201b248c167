import type { Preset } from "./preset.ts";

/**
 * Table 4: VGG with generated kernels on all of CIFAR-10.
 *
 * All 50,000 training images, a fifth of them held out.
 *
 * ```sh
 * deno task table4 --only puppet-vgg-full
 * deno task puppet train --preset puppet-vgg-full --run runs/puppet-vgg-full
 * ```
 *
 * One seed takes about 7.8 hours on two CPU cores with native TensorFlow.
 */
export const puppetVggFull: Preset = {
  name: "puppet-vgg-full",
  places: [
    { table: 4, row: "VGG", variant: "Full Set, Puppet-Puppeteer" },
  ],
  rules: { data: { images: null }, model: { name: "puppet-vgg", parameterAdaptation: false } },
  hours: 7.8,
};
