import type { Preset } from "./preset.ts";

/**
 * Tables 2, 4, 5: ResNet with generated kernels.
 *
 * Every image has the same initial state. Table 5 does not say whether its row has parameter adaptation: C.
 *
 * ```sh
 * deno task table2 --only puppet-resnet
 * deno task puppet train --preset puppet-resnet --run runs/puppet-resnet
 * ```
 *
 * One seed takes about 3.0 hours on two CPU cores with native TensorFlow.
 */
export const puppetResnet: Preset = {
  name: "puppet-resnet",
  places: [
    { table: 2, row: "ResNet", variant: "Puppeteer-Puppet" },
    { table: 4, row: "ResNet", variant: "Partial Set, Puppet-Puppeteer" },
    { table: 5, row: "Puppet-ResNet" },
  ],
  rules: { model: { name: "puppet-resnet", parameterAdaptation: false } },
  hours: 3.0,
};
