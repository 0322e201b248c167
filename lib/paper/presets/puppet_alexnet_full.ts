import type { Preset } from "./preset.ts";

/**
 * Table 4: AlexNet with generated kernels on all of CIFAR-10.
 *
 * All 50,000 training images, a fifth of them held out.
 *
 * ```sh
 * deno task table4 --only puppet-alexnet-full
 * deno task puppet train --preset puppet-alexnet-full --run runs/puppet-alexnet-full
 * ```
 *
 * One seed takes about 6.2 hours on two CPU cores with native TensorFlow.
 */
export const puppetAlexnetFull: Preset = {
  name: "puppet-alexnet-full",
  places: [
    { table: 4, row: "AlexNet", variant: "Full Set, Puppet-Puppeteer" },
  ],
  rules: { data: { images: null }, model: { name: "puppet-alexnet", parameterAdaptation: false } },
  hours: 6.2,
};
