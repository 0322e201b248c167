import type { Preset } from "./preset.ts";

/**
 * Table 4: ResNet on all of CIFAR-10.
 *
 * All 50,000 training images, a fifth of them held out.
 *
 * ```sh
 * deno task table4 --only resnet-full
 * deno task puppet train --preset resnet-full --run runs/resnet-full
 * ```
 *
 * One seed takes about 5.2 hours on two CPU cores with native TensorFlow.
 */
export const resnetFull: Preset = {
  name: "resnet-full",
  places: [
    { table: 4, row: "ResNet", variant: "Full Set, Fixed-CNN" },
  ],
  rules: { data: { images: null }, model: { name: "resnet" } },
  hours: 5.2,
};
