import type { Preset } from "./preset.ts";

/**
 * Table 1: DFN.
 *
 * ```sh
 * deno task table1 --only dfn
 * deno task puppet train --preset dfn --run runs/dfn
 * ```
 *
 * One seed takes about 1.6 hours on two CPU cores with native TensorFlow.
 */
export const dfn: Preset = {
  name: "dfn",
  places: [
    { table: 1, row: "DFN" },
  ],
  rules: { model: { name: "dfn" } },
  hours: 1.6,
};
