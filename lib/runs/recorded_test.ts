import { join } from "node:path";
import { z } from "zod";
import { CheckpointError } from "../errors.ts";
import { speedSchema } from "../evaluation/speed_schema.ts";
import { readBoundedText } from "../read_bounded.ts";
import { evaluationFields } from "./evaluation_fields.ts";
import { CHECKPOINTS_FOLDER } from "./run_folder.ts";
import { TEST_RESULT_FILE, type TestResult, testResultSchema } from "./test_result_schema.ts";
import type { MachineConditions } from "./machine_conditions.ts";

/** What is known of a run on its test images, whether its weights are there or not. */
export type TestFigures = Pick<TestResult, "checkpoint" | "evaluation" | "speed" | "measuredOn">;

/** Where whoever evaluated a run keeps what `eval --json` printed. */
const EVALUATION_FILE = "evaluation.json";

/** A result with a hundred classes has some 100 kB. */
const BOUNDS = { maxBytes: 64e6, refusal: CheckpointError };

/** The document of `eval --json` does not say where it was made. */
const UNKNOWN: MachineConditions = { backend: null, device: null, machine: null, versions: {} };

const evaluationSchema = z.object({
  ...evaluationFields,
  part: z.literal("test"),
  speed: speedSchema.exactOptional(),
}).transform(({ speed = null, ...evaluation }): TestFigures => ({
  checkpoint: evaluation.checkpoint,
  evaluation,
  speed,
  measuredOn: UNKNOWN,
}));

/** A file of the form; anything else counts as absent. */
async function readForm<T>(path: string, form: z.ZodType<T>): Promise<T | null> {
  try {
    return form.safeParse(JSON.parse(await readBoundedText(path, BOUNDS))).data ?? null;
  } catch (error) {
    const isUnreadable = error instanceof Deno.errors.NotFound || error instanceof SyntaxError ||
      error instanceof CheckpointError;
    if (isUnreadable) return null;
    throw error;
  }
}

/**
 * Reads the result that `compare` kept in a run folder, of whatever checkpoint it is.
 *
 * @param runDirectory Folder of the run.
 * @returns The result; `null` where there is none that can be read.
 */
export async function readTestResult(runDirectory: string): Promise<TestResult | null> {
  return await readForm(join(runDirectory, TEST_RESULT_FILE), testResultSchema);
}

async function hasWeights(runDirectory: string): Promise<boolean> {
  try {
    for await (const _ of Deno.readDir(join(runDirectory, CHECKPOINTS_FOLDER))) return true;
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Reads the figures on the test images of a run whose weights were not kept, as in this repository's `results`: what
 * `compare` kept (`test_result.json`), or what `eval --json` printed (`evaluation.json`).
 *
 * @param runDirectory Folder of the run.
 * @returns The figures; `null` where the run has weights, which can be asked, or where nothing is recorded.
 */
export async function readRecordedTest(runDirectory: string): Promise<TestFigures | null> {
  if (await hasWeights(runDirectory)) return null;
  return await readTestResult(runDirectory) ??
    await readForm(join(runDirectory, EVALUATION_FILE), evaluationSchema);
}
