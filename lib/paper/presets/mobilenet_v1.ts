import type { Preset } from "./preset.ts";

/**
 * Table 3: MobileNet-v1.
 *
 * ```sh
 * deno task table3 --only mobilenet-v1
 * deno task puppet train --preset mobilenet-v1 --run runs/mobilenet-v1
 * ```
 *
 * One seed takes about 0.4 hours on two CPU cores with native TensorFlow.
 */
export const mobilenetV1: Preset = {
  name: "mobilenet-v1",
  places: [
    { table: 3, row: "MobileNet-v1" },
  ],
  rules: { model: { name: "mobilenet-v1" } },
  hours: 0.4,
};
