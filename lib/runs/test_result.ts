import { join } from "node:path";
import { writeFileAtomically } from "../files/atomic_write.ts";
import { CheckpointError, DataError } from "../errors.ts";
import { readTestResult } from "./recorded_test.ts";
import { runEvaluation } from "./run_evaluation.ts";
import { dataOfModel, withoutAbsentFolder } from "./data_of_model.ts";
import { loadPartForModel } from "./load_part.ts";
import { readRunConfig } from "./run_config_file.ts";
import { type CheckpointMark, readCheckpointMark, readRunCard } from "./run_progress.ts";
import { TEST_RESULT_FILE, type TestResult } from "./test_result_schema.ts";
import type { ReportWork } from "../evaluation/report_work.ts";
import type { DataConfig } from "../datasets/data_config.ts";
import type { RunEvaluationOptions } from "./run_types.ts";
import type { MachineConditions } from "./machine_conditions.ts";

/** Most images per forward pass of the evaluation; the figures do not depend on it. */
const BATCH_SIZE = 256;

/** Options of `testRun`. */
export interface TestRunOptions {
  /** Folder of a finished run. */
  readonly runDirectory: string;
  /** Where this is computed. */
  readonly conditions: MachineConditions;
  /** How speed is measured; `null` does not. */
  readonly speed: NonNullable<RunEvaluationOptions["speed"]> | null;
  /** Takes a kept result as it is, wherever its speed was measured. */
  readonly keep: boolean;
  /** Replaces fields of the run's data configuration: where the images are. */
  readonly data?: Partial<DataConfig>;
  /**
   * Looks at the test images, and takes no kept result of others.
   *
   * @default false: they need not be there
   */
  readonly looksAtImages?: boolean | undefined;
  /** Hears how far it has come; may throw to stop. */
  readonly report?: ReportWork;
  /** Told that the test set is evaluated, before it begins. */
  readonly onEvaluate?: () => void;
  /** Called with what a person should know. */
  readonly warn?: (text: string) => void;
}

/** A kept result of the checkpoint at hand; another is made again. */
async function readKept(runDirectory: string, mark: CheckpointMark): Promise<TestResult | null> {
  const kept = await readTestResult(runDirectory);
  const isSame = kept?.checkpoint === mark.checkpoint &&
    kept.manifestSha256 === mark.manifestSha256;
  return isSame ? kept : null;
}

/**
 * Whether the figures of a run on its test images were kept.
 *
 * @param runDirectory Folder of the run.
 * @returns `true` if they are of the checkpoint that is there.
 */
export async function isTested(runDirectory: string): Promise<boolean> {
  const mark = await readCheckpointMark(runDirectory);
  return mark !== null && await readKept(runDirectory, mark) !== null;
}

/** Wall times of another machine or backend cannot stand beside those of this one. */
function isMeasuredHere(kept: TestResult, { conditions, speed }: TestRunOptions): boolean {
  if (speed === null) return true;
  return kept.speed !== null && kept.measuredOn.backend === conditions.backend &&
    kept.measuredOn.machine === conditions.machine;
}

function sayKept(
  { runDirectory, warn }: Pick<TestRunOptions, "runDirectory" | "warn">,
  { message }: DataError,
): void {
  warn?.(`${runDirectory}: its test figures are those that were kept (${message})`);
}

/** Whether a kept result is of the test images that are there now; of those that cannot be loaded nobody knows. */
async function isOfImages(
  { evaluation }: TestResult,
  options: TestRunOptions,
): Promise<boolean> {
  const { runDirectory, data } = options;
  const [config, card] = [await readRunConfig(runDirectory), await readRunCard(runDirectory)];
  try {
    const found = { ...config, data: await dataOfModel(config.data, data) };
    const areOthers = found.data.dataset !== config.data.dataset;
    const { dataset } = await loadPartForModel(found, { card: card!, part: "test", areOthers });
    const { fingerprint = dataset.fingerprint, images } = evaluation;
    return fingerprint === dataset.fingerprint && images.test === dataset.length;
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    sayKept(options, error);
    return true;
  }
}

async function keepResult(
  result: TestResult,
  { runDirectory, warn }: TestRunOptions,
): Promise<void> {
  try {
    const text = `${JSON.stringify(result, null, 1)}\n`;
    await writeFileAtomically(join(runDirectory, TEST_RESULT_FILE), text);
  } catch (error) {
    // A permission that the process lacks is for whoever started it to give, as the error says.
    const mayPass = error instanceof CheckpointError &&
      !(error.cause instanceof Deno.errors.NotCapable);
    if (!mayPass) throw error;
    // The folder may be somebody else's, or its disk full: what took minutes to find out is shown all the same.
    warn?.(`the result of ${runDirectory} is not kept: ${error.message}`);
  }
}

/** Evaluates the test set, and keeps the result. */
async function evaluateTest(
  mark: CheckpointMark,
  saved: DataConfig,
  options: TestRunOptions,
): Promise<TestResult> {
  const { runDirectory, conditions, report, warn } = options;
  const areOthers = (await dataOfModel(saved, options.data)).dataset !== saved.dataset;
  options.onEvaluate?.();
  const { runDirectory: _, speed = null, ...evaluation } = await runEvaluation({
    runDirectory,
    checkpoint: "auto",
    part: "test",
    batchSize: BATCH_SIZE,
    exact: false,
    ...(options.data === undefined ? {} : { data: options.data }),
    ...(options.speed === null ? {} : { speed: options.speed }),
    ...(report === undefined ? {} : { report }),
    ...(warn === undefined ? {} : { warn }),
  });
  const result: TestResult = {
    kind: "test-result",
    version: 1,
    ...mark,
    evaluation,
    speed,
    measuredOn: conditions,
    evaluatedAt: new Date().toISOString(),
  };
  // Figures of other images would be taken for the run's later.
  if (!areOthers) await keepResult(result, options);
  return result;
}

/**
 * Gives the result of a finished run on its test images: the kept one if it is of the same checkpoint, otherwise the
 * test set is evaluated once and the result is kept in the run folder. One whose speed was measured elsewhere is made
 * again where the images are at hand. The backend must have been selected before.
 *
 * @param asked Run folder, conditions, how speed is measured.
 * @returns The result; `null` if the run has no checkpoint.
 * @throws {CheckpointError} if the checkpoint is damaged.
 * @throws {DataError} if the images are missing or are others.
 */
export async function testRun(asked: TestRunOptions): Promise<TestResult | null> {
  const { runDirectory } = asked;
  const mark = await readCheckpointMark(runDirectory);
  if (mark === null) return null;
  const { data: saved } = await readRunConfig(runDirectory);
  // Who asks for a look at the images has named their folder; a plan only says where its own would be.
  const data = asked.looksAtImages ? asked.data : await withoutAbsentFolder(saved, asked.data);
  const options = { ...asked, data: data ?? {} };
  const kept = await readKept(runDirectory, mark);
  if (kept !== null && (options.keep || isMeasuredHere(kept, options))) {
    if (!options.looksAtImages || await isOfImages(kept, options)) return kept;
  }
  try {
    return await evaluateTest(mark, saved, options);
  } catch (error) {
    if (kept === null || options.looksAtImages || !(error instanceof DataError)) throw error;
    sayKept(options, error);
    return kept;
  }
}
