import type { Preset } from "./preset.ts";

/**
 * Tables 1, 3, 5: Puppet-CNN.
 *
 * The defaults are this row: C = 512, depth 6..12 and initial state follow the image.
 *
 * ```sh
 * deno task table1 --only puppet-cnn
 * deno task puppet train --preset puppet-cnn --run runs/puppet-cnn
 * ```
 *
 * One seed takes about 2.4 hours on two CPU cores with native TensorFlow.
 */
export const puppetCnn: Preset = {
  name: "puppet-cnn",
  places: [
    { table: 1, row: "Puppet-CNN" },
    { table: 3, row: "Puppet-CNN" },
    { table: 5, row: "Puppet-CNN" },
  ],
  rules: { model: { name: "puppet-cnn" } },
  hours: 2.4,
};
