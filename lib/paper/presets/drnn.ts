import type { Preset } from "./preset.ts";

/**
 * Table 1: DRNN.
 *
 * ```sh
 * deno task table1 --only drnn
 * deno task puppet train --preset drnn --run runs/drnn
 * ```
 *
 * One seed takes about 1.6 hours on two CPU cores with native TensorFlow.
 */
export const drnn: Preset = {
  name: "drnn",
  places: [
    { table: 1, row: "DRNN" },
  ],
  rules: { model: { name: "drnn" } },
  hours: 1.6,
};
