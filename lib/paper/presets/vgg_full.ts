import type { Preset } from "./preset.ts";

/**
 * Table 4: VGG on all of CIFAR-10.
 *
 * All 50,000 training images, a fifth of them held out.
 *
 * ```sh
 * deno task table4 --only vgg-full
 * deno task puppet train --preset vgg-full --run runs/vgg-full
 * ```
 *
 * One seed takes about 4.2 hours on two CPU cores with native TensorFlow.
 */
export const vggFull: Preset = {
  name: "vgg-full",
  places: [
    { table: 4, row: "VGG", variant: "Full Set, Fixed-CNN" },
  ],
  rules: { data: { images: null }, model: { name: "vgg" } },
  hours: 4.2,
};
