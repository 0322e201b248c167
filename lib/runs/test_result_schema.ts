import { z } from "zod";
import { speedSchema } from "../evaluation/speed_schema.ts";
import { evaluationFields } from "./evaluation_fields.ts";
import type { SpeedReport } from "../evaluation/speed_report.ts";
import type { MachineConditions } from "./machine_conditions.ts";
import type { CheckpointMark } from "./run_progress.ts";
import type { EvaluationSummary } from "./run_types.ts";

/** File in a run folder that keeps the result on the test images. */
export const TEST_RESULT_FILE = "test_result.json";

/** The result of a finished run on its test images, as it is kept in the run folder. */
export interface TestResult extends CheckpointMark {
  /** What this object is. */
  readonly kind: "test-result";
  /** Version of this form. */
  readonly version: 1;
  /** The evaluation, without the run folder's place. */
  readonly evaluation: Omit<EvaluationSummary, "runDirectory" | "speed">;
  /** Speed of the whole pipeline; `null` if it was not measured. */
  readonly speed: SpeedReport | null;
  /** Where the speed was measured; where the evaluation was made, if it was not. */
  readonly measuredOn: MachineConditions;
  /** ISO 8601 time of the evaluation. */
  readonly evaluatedAt: string;
}

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
