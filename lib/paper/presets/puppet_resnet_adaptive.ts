import type { Preset } from "./preset.ts";

/**
 * Table 2: ResNet with generated kernels and parameter adaptation.
 *
 * The layers are those of the template; the initial state follows the image.
 *
 * ```sh
 * deno task table2 --only puppet-resnet-adaptive
 * deno task puppet train --preset puppet-resnet-adaptive --run runs/puppet-resnet-adaptive
 * ```
 *
 * One seed takes about 3.0 hours on two CPU cores with native TensorFlow.
 */
export const puppetResnetAdaptive: Preset = {
  name: "puppet-resnet-adaptive",
  places: [
    { table: 2, row: "ResNet", variant: "Parameter Adaptation" },
  ],
  rules: { model: { name: "puppet-resnet" } },
  hours: 3.0,
};
