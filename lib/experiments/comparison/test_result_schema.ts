import { z } from "zod";
import { evaluationFields } from "../evaluation_fields.ts";
import type { TestResult } from "./test_result.ts";

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

/** Form of a result that is kept in a run folder, which a stranger may have written. */
export const testResultSchema: z.ZodType<TestResult> = z.object({
  kind: z.literal("test-result"),
  version: z.literal(1),
  checkpoint: z.string(),
  manifestSha256: z.string(),
  evaluation: z.object(evaluationFields),
  speed: z.object({ figures: z.array(figure), bankSeconds: z.number(), dataset: z.string() })
    .nullable(),
  measuredOn: z.object({
    backend: z.string().nullable(),
    device: z.enum(["cpu", "gpu"]).nullable(),
    machine: z.string().nullable(),
    versions: z.record(z.string(), z.string()),
  }),
  evaluatedAt: z.string(),
});
