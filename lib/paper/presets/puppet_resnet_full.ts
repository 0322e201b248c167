import type { Preset } from "./preset.ts";

/**
 * Table 4: ResNet with generated kernels on all of CIFAR-10.
 *
 * All 50,000 training images, a fifth of them held out.
 *
 * ```sh
 * deno task table4 --only puppet-resnet-full
 * deno task puppet train --preset puppet-resnet-full --run runs/puppet-resnet-full
 * ```
 *
 * One seed takes about 15 hours on two CPU cores with native TensorFlow.
 */
export const puppetResnetFull: Preset = {
  name: "puppet-resnet-full",
  places: [
    { table: 4, row: "ResNet", variant: "Full Set, Puppet-Puppeteer" },
  ],
  rules: { data: { images: null }, model: { name: "puppet-resnet", parameterAdaptation: false } },
  hours: 15,
};
