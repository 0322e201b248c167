import type { Preset } from "./preset.ts";

/**
 * Table 1: BranchyNet.
 *
 * The threshold of its exits is tuned on the validation images.
 *
 * ```sh
 * deno task table1 --only branchynet
 * deno task puppet train --preset branchynet --run runs/branchynet
 * ```
 *
 * One seed takes about 1.3 hours on two CPU cores with native TensorFlow.
 */
export const branchynet: Preset = {
  name: "branchynet",
  places: [
    { table: 1, row: "BranchyNet" },
  ],
  rules: { model: { name: "branchynet" } },
  hours: 1.3,
};
