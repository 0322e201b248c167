import type { Preset } from "./preset.ts";

/**
 * Tables 2, 3, 4: AlexNet.
 *
 * ```sh
 * deno task table2 --only alexnet
 * deno task puppet train --preset alexnet --run runs/alexnet
 * ```
 *
 * One seed takes about 0.7 hours on two CPU cores with native TensorFlow.
 */
export const alexnet: Preset = {
  name: "alexnet",
  places: [
    { table: 2, row: "AlexNet", variant: "Fixed-CNN" },
    { table: 3, row: "AlexNet" },
    { table: 4, row: "AlexNet", variant: "Partial Set, Fixed-CNN" },
  ],
  rules: { model: { name: "alexnet" } },
  hours: 0.7,
};
