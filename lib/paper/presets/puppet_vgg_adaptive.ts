import type { Preset } from "./preset.ts";

/**
 * Table 2: VGG with generated kernels and parameter adaptation.
 *
 * The layers are those of the template; the initial state follows the image.
 *
 * ```sh
 * deno task table2 --only puppet-vgg-adaptive
 * deno task puppet train --preset puppet-vgg-adaptive --run runs/puppet-vgg-adaptive
 * ```
 *
 * One seed takes about 1.6 hours on two CPU cores with native TensorFlow.
 */
export const puppetVggAdaptive: Preset = {
  name: "puppet-vgg-adaptive",
  places: [
    { table: 2, row: "VGG", variant: "Parameter Adaptation" },
  ],
  rules: { model: { name: "puppet-vgg" } },
  hours: 1.6,
};
