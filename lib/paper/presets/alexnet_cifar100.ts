import type { Preset } from "./preset.ts";

/**
 * Table 6: AlexNet on CIFAR-100.
 *
 * All 50,000 training images, a fifth of them held out (a rule of the dataset).
 *
 * ```sh
 * deno task table6 --only alexnet-cifar100
 * deno task puppet train --preset alexnet-cifar100 --run runs/alexnet-cifar100
 * ```
 *
 * One seed takes about 3.2 hours on two CPU cores with native TensorFlow.
 */
export const alexnetCifar100: Preset = {
  name: "alexnet-cifar100",
  places: [
    { table: 6, row: "AlexNet", variant: "CIFAR-100" },
  ],
  rules: { data: { dataset: "cifar100" }, model: { name: "alexnet" } },
  hours: 3.2,
};
