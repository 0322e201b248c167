import type { Preset } from "./preset.ts";

/**
 * Table 3: MobileNet-v2.
 *
 * ```sh
 * deno task table3 --only mobilenet-v2
 * deno task puppet train --preset mobilenet-v2 --run runs/mobilenet-v2
 * ```
 *
 * One seed takes about 1.4 hours on two CPU cores with native TensorFlow.
 */
export const mobilenetV2: Preset = {
  name: "mobilenet-v2",
  places: [
    { table: 3, row: "MobileNet-v2" },
  ],
  rules: { model: { name: "mobilenet-v2" } },
  hours: 1.4,
};
