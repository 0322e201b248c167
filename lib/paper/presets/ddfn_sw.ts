import type { Preset } from "./preset.ts";

/**
 * Table 1: DDFN-SW.
 *
 * Memory: 75 million parameters with their two moments are 0.9 GB, a checkpoint as much.
 *
 * ```sh
 * deno task table1 --only ddfn-sw
 * deno task puppet train --preset ddfn-sw --run runs/ddfn-sw
 * ```
 *
 * One seed takes about 11 hours on two CPU cores with native TensorFlow.
 */
export const ddfnSw: Preset = {
  name: "ddfn-sw",
  places: [
    { table: 1, row: "DDFN-SW" },
  ],
  rules: { model: { name: "ddfn-sw" } },
  hours: 11,
};
