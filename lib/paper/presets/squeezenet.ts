import type { Preset } from "./preset.ts";

/**
 * Table 3: SqueezeNet.
 *
 * ```sh
 * deno task table3 --only squeezenet
 * deno task puppet train --preset squeezenet --run runs/squeezenet
 * ```
 *
 * One seed takes about 0.3 hours on two CPU cores with native TensorFlow.
 */
export const squeezenet: Preset = {
  name: "squeezenet",
  places: [
    { table: 3, row: "SqueezeNet" },
  ],
  rules: { model: { name: "squeezenet" } },
  hours: 0.3,
};
