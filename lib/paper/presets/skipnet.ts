import type { Preset } from "./preset.ts";

/**
 * Table 1: SkipNet.
 *
 * ```sh
 * deno task table1 --only skipnet
 * deno task puppet train --preset skipnet --run runs/skipnet
 * ```
 *
 * One seed takes about 1.4 hours on two CPU cores with native TensorFlow.
 */
export const skipnet: Preset = {
  name: "skipnet",
  places: [
    { table: 1, row: "SkipNet" },
  ],
  rules: { model: { name: "skipnet" } },
  hours: 1.4,
};
