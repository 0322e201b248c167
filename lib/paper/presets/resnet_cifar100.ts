import type { Preset } from "./preset.ts";

/**
 * Table 6: ResNet on CIFAR-100.
 *
 * All 50,000 training images, a fifth of them held out (a rule of the dataset).
 *
 * ```sh
 * deno task table6 --only resnet-cifar100
 * deno task puppet train --preset resnet-cifar100 --run runs/resnet-cifar100
 * ```
 *
 * One seed takes about 5.2 hours on two CPU cores with native TensorFlow.
 */
export const resnetCifar100: Preset = {
  name: "resnet-cifar100",
  places: [
    { table: 6, row: "ResNet", variant: "CIFAR-100" },
  ],
  rules: { data: { dataset: "cifar100" }, model: { name: "resnet" } },
  hours: 5.2,
};
