import type { Preset } from "./preset.ts";

/**
 * Table 1: SkipNet.
 *
 * ```sh
 * deno task table1 --only skipnet
 * deno task puppet train --preset skipnet --run runs/skipnet
 * ```
 *
 * One seed takes about 4.6 hours on two CPU cores with native TensorFlow.
 */
export const skipnet: Preset = {
  name: "skipnet",
  places: [
    { table: 1, row: "SkipNet" },
  ],
  rules: { model: { name: "skipnet" } },
  hours: 4.6,
};
