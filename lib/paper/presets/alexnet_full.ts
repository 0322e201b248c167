import type { Preset } from "./preset.ts";

/**
 * Table 4: AlexNet on all of CIFAR-10.
 *
 * All 50,000 training images, a fifth of them held out.
 *
 * ```sh
 * deno task table4 --only alexnet-full
 * deno task puppet train --preset alexnet-full --run runs/alexnet-full
 * ```
 *
 * One seed takes about 3.2 hours on two CPU cores with native TensorFlow.
 */
export const alexnetFull: Preset = {
  name: "alexnet-full",
  places: [
    { table: 4, row: "AlexNet", variant: "Full Set, Fixed-CNN" },
  ],
  rules: { data: { images: null }, model: { name: "alexnet" } },
  hours: 3.2,
};
