import { z } from "zod";
import type { SpeedReport } from "./speed_report.ts";

const figure = z.object({
  batchSize: z.int().min(1),
  generation: z.enum(["banked", "per-image"]),
  median: z.number(),
  firstQuartile: z.number(),
  thirdQuartile: z.number(),
  lowest: z.number(),
  highest: z.number(),
  repetitions: z.int().min(0),
  warmUps: z.int().min(0),
});

/** Form of measured wall times in a file that a stranger may have written. */
export const speedSchema: z.ZodType<SpeedReport> = z.object({
  figures: z.array(figure),
  bankSeconds: z.number(),
  dataset: z.string(),
});
