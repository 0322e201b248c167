import type { Preset } from "./preset.ts";

/**
 * Table 1: WeightNet.
 *
 * ```sh
 * deno task table1 --only weightnet
 * deno task puppet train --preset weightnet --run runs/weightnet
 * ```
 *
 * One seed takes about 1.4 hours on two CPU cores with native TensorFlow.
 */
export const weightnet: Preset = {
  name: "weightnet",
  places: [
    { table: 1, row: "WeightNet" },
  ],
  rules: { model: { name: "weightnet" } },
  hours: 1.4,
};
