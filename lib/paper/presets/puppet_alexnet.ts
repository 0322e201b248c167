import type { Preset } from "./preset.ts";

/**
 * Tables 2, 4: AlexNet with generated kernels.
 *
 * Every image has the same initial state.
 *
 * ```sh
 * deno task table2 --only puppet-alexnet
 * deno task puppet train --preset puppet-alexnet --run runs/puppet-alexnet
 * ```
 *
 * One seed takes about 1.2 hours on two CPU cores with native TensorFlow.
 */
export const puppetAlexnet: Preset = {
  name: "puppet-alexnet",
  places: [
    { table: 2, row: "AlexNet", variant: "Puppeteer-Puppet" },
    { table: 4, row: "AlexNet", variant: "Partial Set, Puppet-Puppeteer" },
  ],
  rules: { model: { name: "puppet-alexnet", parameterAdaptation: false } },
  hours: 1.2,
};
