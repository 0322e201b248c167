import type { Preset } from "./preset.ts";

/**
 * Table 2: AlexNet with generated kernels and parameter adaptation.
 *
 * The layers are those of the template; the initial state follows the image.
 *
 * ```sh
 * deno task table2 --only puppet-alexnet-adaptive
 * deno task puppet train --preset puppet-alexnet-adaptive --run runs/puppet-alexnet-adaptive
 * ```
 *
 * One seed takes about 1.2 hours on two CPU cores with native TensorFlow.
 */
export const puppetAlexnetAdaptive: Preset = {
  name: "puppet-alexnet-adaptive",
  places: [
    { table: 2, row: "AlexNet", variant: "Parameter Adaptation" },
  ],
  rules: { model: { name: "puppet-alexnet" } },
  hours: 1.2,
};
