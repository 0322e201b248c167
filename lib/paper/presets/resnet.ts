import type { Preset } from "./preset.ts";

/**
 * Tables 2, 4, 5: ResNet.
 *
 * ```sh
 * deno task table2 --only resnet
 * deno task puppet train --preset resnet --run runs/resnet
 * ```
 *
 * One seed takes about 1.1 hours on two CPU cores with native TensorFlow.
 */
export const resnet: Preset = {
  name: "resnet",
  places: [
    { table: 2, row: "ResNet", variant: "Fixed-CNN" },
    { table: 4, row: "ResNet", variant: "Partial Set, Fixed-CNN" },
    { table: 5, row: "ResNet" },
  ],
  rules: { model: { name: "resnet" } },
  hours: 1.1,
};
