import { z } from "zod";
import { speedSchema } from "../evaluation/speed_schema.ts";
import { evaluationFields } from "./evaluation_fields.ts";
import type { TestResult } from "./test_result.ts";

/** Form of a result that is kept in a run folder, which a stranger may have written. */
export const testResultSchema: z.ZodType<TestResult> = z.object({
  kind: z.literal("test-result"),
  version: z.literal(1),
  checkpoint: z.string(),
  manifestSha256: z.string(),
  evaluation: z.object(evaluationFields),
  speed: speedSchema.nullable(),
  measuredOn: z.object({
    backend: z.string().nullable(),
    device: z.enum(["cpu", "gpu"]).nullable(),
    machine: z.string().nullable(),
    versions: z.record(z.string(), z.string()),
  }),
  evaluatedAt: z.string(),
});
