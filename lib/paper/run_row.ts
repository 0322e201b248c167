import { endOfRun, epochsOf } from "../runs/end_of_run.ts";
import { runTraining } from "../runs/run_training.ts";
import { readRunProgress, type RunProgress } from "../runs/run_progress.ts";
import { readRecordedTest, type TestFigures } from "../runs/recorded_test.ts";
import { testRun } from "../runs/test_result.ts";
import { measureUntrained } from "./measure_untrained.ts";
import { asFitted, isRunOf } from "./run_identity.ts";
import { FolderInUseError } from "../checkpoints/run_lock.ts";
import { OutOfMemoryError } from "../backends/out_of_memory.ts";
import { CheckpointError, DivergenceError } from "../errors.ts";
import type { ReportWork } from "../evaluation/report_work.ts";
import type { MeasureSpeedOptions } from "../evaluation/measure_speed.ts";
import type { TrainingEvent } from "../training/training_event.ts";
import type { Provenance } from "../runs/run_types.ts";
import type { ComparedRun, RunFigures, RunState, UntrainedSpeed } from "./comparison.ts";
import type { MachineConditions } from "../runs/machine_conditions.ts";
import type { PlannedRun } from "./plan_rows.ts";

/** How runs are made and measured. */
export interface RunSettings {
  /** Trains what is missing and resumes what was interrupted. */
  readonly train: boolean;
  /**
   * Times the network as it is initialised where there is no finished run.
   *
   * @default false
   */
  readonly timeUntrained?: boolean;
  /**
   * Looks at the test images of runs that were evaluated before, and takes no kept figures of others.
   *
   * @default false
   */
  readonly looksAtImages?: boolean;
  /** How speed is measured; `null` does not. */
  readonly speed: Omit<MeasureSpeedOptions, "generations" | "signal"> | null;
  /** Where the command came from; added to every run folder that is worked on. */
  readonly provenance: Provenance;
  /** Where this is computed. */
  readonly conditions: MachineConditions;
  /** Saves, and stops. */
  readonly signal?: AbortSignal;
}

/** Who watches a run. */
export interface RunWatcher {
  /** Hears every event of a training. */
  readonly training?: (event: TrainingEvent) => void;
  /** Is told what happens to the run next, in a few words: `training`, `resuming after epoch 3 of 100`. */
  readonly phase?: (text: string) => void;
  /** Hears the progress of an evaluation. */
  readonly evaluation?: ReportWork;
  /** Hears what a person should know. */
  readonly warn?: (text: string) => void;
}

/** Refuses a folder that holds another run under this run's name. */
function requireSameRun({ config, runDirectory }: PlannedRun, found: RunProgress): void {
  if (isRunOf(found.config, config)) return;
  throw new CheckpointError(
    `Cannot use run ${runDirectory}: it has another configuration than its name says; move it away or choose another --runs`,
  );
}

/** Trains a run until its end where something is left to do. */
async function trainRun(
  planned: PlannedRun,
  settings: RunSettings,
  watcher: RunWatcher,
): Promise<RunState> {
  const { config, runDirectory } = planned;
  const before = await readRunProgress(runDirectory);
  if (before !== null) requireSameRun(planned, before);
  const end = await endOfRun(runDirectory, before);
  if (end === "finished") watcher.phase?.("trained before");
  if (end === "recorded") watcher.phase?.("evaluated before; its weights were not kept");
  if (end !== null) return end === "recorded" ? "recorded" : "finished";
  if (!settings.train) return before === null ? "missing" : "unfinished";
  const resume = before !== null;
  watcher.phase?.(
    resume ? `resuming after epoch ${before.epochs} of ${config.training.epochs}` : "training",
  );
  const { stopReason } = await runTraining(asFitted(config, before?.config ?? null), {
    runDirectory,
    resume,
    // Close, but not bit for bit. Whoever names the backend says that it will do.
    allowOtherBackend: config.backend !== "auto",
    provenance: settings.provenance,
    ...(settings.signal === undefined ? {} : { signal: settings.signal }),
    ...(watcher.training === undefined ? {} : { report: watcher.training }),
  });
  if (stopReason === "diverged") return "diverged";
  return stopReason === "finished" || stopReason === "early-stop" ? "finished" : "unfinished";
}

function figuresOf(result: TestFigures, progress: RunProgress): RunFigures {
  const { figures } = result.evaluation;
  return {
    top1: figures.top1,
    top5: figures.top5,
    loss: figures.loss,
    trainTop1: progress.log.at(-1)?.trainTop1 ?? null,
    validationTop1: progress.best?.validationTop1 ?? null,
    testImages: figures.images,
    testFingerprint: result.evaluation.fingerprint,
    classes: figures.classes.length,
    meanDepth: figures.meanDepth,
    meanMultiplyAdds: figures.meanMultiplyAdds,
    checkpoint: result.checkpoint,
    speed: result.speed,
    measuredOn: result.measuredOn,
  };
}

/** Wall times without a run; `null` where speed is not asked for. */
async function timeUntrained(
  { config }: PlannedRun,
  { conditions, speed, signal }: RunSettings,
  watcher: RunWatcher,
): Promise<UntrainedSpeed | null> {
  if (speed === null) return null;
  watcher.phase?.("timing the network as it is initialised: this table needs no training");
  return {
    speed: await measureUntrained(config, { ...speed, signal, report: watcher.evaluation }),
    measuredOn: conditions,
  };
}

/** The result on the test images; evaluating stops where the signal says so. */
async function testFinished(
  { config, runDirectory }: PlannedRun,
  settings: RunSettings,
  watcher: RunWatcher,
): Promise<TestFigures | null> {
  const { conditions, speed, signal } = settings;
  return await testRun({
    runDirectory,
    conditions,
    speed: speed === null ? null : { ...speed, signal },
    keep: !settings.train,
    looksAtImages: settings.looksAtImages,
    data: { directory: config.data.directory },
    report: (done, total, work) => {
      signal?.throwIfAborted();
      watcher.evaluation?.(done, total, work);
    },
    onEvaluate: () => watcher.phase?.("evaluating the test images"),
    ...(watcher.warn === undefined ? {} : { warn: watcher.warn }),
  });
}

/** What training, evaluating and timing came to. */
interface RunOutcome {
  readonly state: RunState;
  readonly result: TestFigures | null;
  readonly untrainedSpeed: UntrainedSpeed | null;
}

/** Trains and evaluates as far as signals, numbers and memory let it. */
async function trainAndTest(
  planned: PlannedRun,
  settings: RunSettings,
  watcher: RunWatcher,
): Promise<RunOutcome> {
  const nothing = { result: null, untrainedSpeed: null };
  let isTrained = false;
  try {
    const state = await trainRun(planned, settings, watcher);
    isTrained = true;
    if (state === "finished") {
      return { ...nothing, state, result: await testFinished(planned, settings, watcher) };
    }
    if (state === "recorded") {
      return { ...nothing, state, result: await readRecordedTest(planned.runDirectory) };
    }
    if (!settings.timeUntrained) return { ...nothing, state };
    const untrainedSpeed = await timeUntrained(planned, settings, watcher);
    return untrainedSpeed === null
      ? { ...nothing, state }
      : { ...nothing, state: "untrained", untrainedSpeed };
  } catch (error) {
    if (isTrained && settings.signal?.aborted) return { ...nothing, state: "unfinished" };
    if (error instanceof FolderInUseError) {
      // Somebody trains it elsewhere: the same command finds it done later.
      watcher.warn?.(`${planned.runDirectory}: ${error.message}`);
      return { ...nothing, state: "unfinished" };
    }
    // A loss can be finite while weights or generated kernels are not: saving and evaluating find that.
    const hasDiverged = error instanceof DivergenceError;
    if (!hasDiverged && !(error instanceof OutOfMemoryError)) throw error;
    // Other rows may need less memory, or not diverge: the comparison goes on.
    watcher.warn?.(`${planned.runDirectory}: ${error.message}`);
    return { ...nothing, state: hasDiverged ? "diverged" : "failed" };
  }
}

/**
 * Brings one run as far as it goes: trained, resumed or left as it is, and evaluated once.
 *
 * @param planned What is run, and where.
 * @param settings How.
 * @param watcher Who watches.
 * @returns The run as a comparison shows it.
 * @throws {DataError} if images are missing.
 * @throws {CheckpointError} if the folder holds something else.
 */
export async function completeRun(
  planned: PlannedRun,
  settings: RunSettings,
  watcher: RunWatcher = {},
): Promise<ComparedRun> {
  const { config, runDirectory } = planned;
  const { state, result, untrainedSpeed } = await trainAndTest(planned, settings, watcher);
  const hasRun = state !== "missing" && state !== "untrained";
  const progress = hasRun ? await readRunProgress(runDirectory) : null;
  const seconds = progress?.log.reduce((sum, record) => sum + record.seconds, 0) ?? null;
  const validations =
    progress?.log.flatMap(({ epoch, validationTop1: top1 }) =>
      top1 === null ? [] : [{ epoch, top1 }]
    ) ?? [];
  return {
    seed: config.training.seed,
    runDirectory,
    state,
    epochs: epochsOf(progress, state === "recorded" ? "recorded" : null),
    plannedEpochs: config.training.epochs,
    // Of other images than the run's nobody counts what it was trained on.
    trainImages: result?.evaluation.images.train || null,
    imagePool: result?.evaluation.images.train ? result.evaluation.images.pool : null,
    dataset: result?.evaluation.dataset ?? config.data.dataset,
    trainedOn: progress?.trainedOn ?? null,
    ...(validations.length === 0 ? {} : { validations }),
    trainingSeconds: progress?.log.length ? seconds : null,
    figures: result === null || progress === null ? null : figuresOf(result, progress),
    untrainedSpeed,
  };
}
