import type { Preset } from "./preset.ts";

/**
 * Tables 2, 4: VGG with generated kernels.
 *
 * Every image has the same initial state.
 *
 * ```sh
 * deno task table2 --only puppet-vgg
 * deno task puppet train --preset puppet-vgg --run runs/puppet-vgg
 * ```
 *
 * One seed takes about 1.6 hours on two CPU cores with native TensorFlow.
 */
export const puppetVgg: Preset = {
  name: "puppet-vgg",
  places: [
    { table: 2, row: "VGG", variant: "Puppeteer-Puppet" },
    { table: 4, row: "VGG", variant: "Partial Set, Puppet-Puppeteer" },
  ],
  rules: { model: { name: "puppet-vgg", parameterAdaptation: false } },
  hours: 1.6,
};
