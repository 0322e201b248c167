import type { Preset } from "./preset.ts";

/**
 * Tables 2, 4: VGG.
 *
 * ```sh
 * deno task table2 --only vgg
 * deno task puppet train --preset vgg --run runs/vgg
 * ```
 *
 * One seed takes about 0.8 hours on two CPU cores with native TensorFlow.
 */
export const vgg: Preset = {
  name: "vgg",
  places: [
    { table: 2, row: "VGG", variant: "Fixed-CNN" },
    { table: 4, row: "VGG", variant: "Partial Set, Fixed-CNN" },
  ],
  rules: { model: { name: "vgg" } },
  hours: 0.8,
};
