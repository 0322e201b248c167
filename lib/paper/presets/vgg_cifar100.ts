import type { Preset } from "./preset.ts";

/**
 * Table 6: VGG on CIFAR-100.
 *
 * All 50,000 training images, a fifth of them held out (a rule of the dataset).
 *
 * ```sh
 * deno task table6 --only vgg-cifar100
 * deno task puppet train --preset vgg-cifar100 --run runs/vgg-cifar100
 * ```
 *
 * One seed takes about 4.2 hours on two CPU cores with native TensorFlow.
 */
export const vggCifar100: Preset = {
  name: "vgg-cifar100",
  places: [
    { table: 6, row: "VGG", variant: "CIFAR-100" },
  ],
  rules: { data: { dataset: "cifar100" }, model: { name: "vgg" } },
  hours: 4.2,
};
