import { judge } from "../analyses/classify_images.ts";
import { choosePictures, type SeenImage } from "./choose_pictures.ts";
import { BackendError, DataError, DivergenceError, messageOf, PuppetError } from "../errors.ts";
import { evaluate } from "../evaluation/evaluate.ts";
import { loadTrained } from "../runs/load_trained.ts";
import { loadPartForModel } from "../runs/load_part.ts";
import { PROVENANCE_FILE, readProvenance } from "../runs/provenance_file.ts";
import { digestManifest, readRunProgress } from "../runs/run_progress.ts";
import { readRecordedTest } from "../runs/recorded_test.ts";
import { readRunConfig } from "../runs/run_config_file.ts";
import { imageSideOf } from "../datasets/data_config.ts";
import { countModel } from "../models/count_model.ts";
import { hasOwnTrajectories } from "../models/model_layers.ts";
import { readMetricsLog } from "../training/metrics_log.ts";
import { collectWeights } from "./collect_weights.ts";
import { histogramOf } from "../analyses/describe_values.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import type { LoadedClassifier } from "../runs/load_trained.ts";
import type { CheckpointChoice, EvaluationSummary, Provenance } from "../runs/run_types.ts";
import type { ReportWork } from "../evaluation/report_work.ts";
import type { RunReport } from "./run_report.ts";
import { countOf } from "../count_of.ts";

/** Options of {@linkcode collectRunReport}. */
export interface CollectRunReportOptions {
  /** Folder of the run. */
  readonly runDirectory: string;
  /** Which checkpoint. */
  readonly checkpoint: CheckpointChoice;
  /** An evaluation that was made before; otherwise the test images are evaluated. */
  readonly evaluation: EvaluationSummary | null;
  /** Evaluates where there is no evaluation. */
  readonly evaluate: boolean;
  /** Evaluates only so many test images; `null` takes as many as the run's configuration says. */
  readonly testImages: number | null;
  /** Folder that holds the dataset, if not the run's. */
  readonly dataDirectory?: string;
  /** With small copies of some evaluated images. */
  readonly pictures: boolean;
  /** Called with what a person should know. */
  readonly warn?: (text: string) => void;
  /** Hears how far it has come. */
  readonly report?: ReportWork;
}

const EVALUATION_BATCH = 256;

/** The origin of a run as it was written; a damaged file is a gap in the report, not its end. */
async function originOf(directory: string, missing: string[]): Promise<Provenance[]> {
  try {
    return await readProvenance(directory);
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) throw error;
    const reason = error instanceof Deno.errors.NotFound
      ? `there is no ${PROVENANCE_FILE} in the run folder`
      : `${PROVENANCE_FILE} cannot be read`;
    missing.push(`Where the run came from is not known: ${reason}.`);
    return [];
  }
}

/** What an evaluation adds to a report. */
type Evaluated = Pick<RunReport, "evaluation" | "complexityHistogram" | "pictures">;

/** Evaluates the test images of the run. */
async function evaluateTest(
  loaded: LoadedClassifier,
  options: CollectRunReportOptions,
): Promise<Evaluated> {
  const { trained, card, config, folder, namedBy, areOthers } = loaded;
  const { dataset: test, images } = await loadPartForModel(config, {
    card,
    part: "test",
    ...{ namedBy, areOthers },
  });
  const manifestSha256 = await digestManifest(options.runDirectory, folder);
  const seen: SeenImage[] = [];
  const { list } = trained.classifier.levels;
  const figures = await evaluate(trained, test, {
    batchSize: EVALUATION_BATCH,
    exact: hasOwnTrajectories(card.model),
    onImage: ({ index, logits, complexity, level }) => {
      const { predicted, confidence } = judge(logits, test.labels[index]!);
      seen.push({ index, complexity, depth: list[level]!.depth, predicted, confidence });
    },
    ...(options.report === undefined ? {} : { report: options.report }),
  });
  const evaluation = {
    runDirectory: options.runDirectory,
    checkpoint: folder,
    ...(manifestSha256 === null ? {} : { manifestSha256 }),
    dataset: test.name,
    part: "test",
    fingerprint: test.fingerprint,
    exact: hasOwnTrajectories(card.model),
    complexityUnit: trained.measure.unit,
    figures,
    images,
  };
  return {
    evaluation,
    complexityHistogram: histogramOf(
      seen.map(({ complexity }) => complexity).sort((a, b) => a - b),
    ),
    pictures: options.pictures ? await choosePictures(test, seen) : null,
  };
}

/** The evaluation that was given, a new one, or the reason why there is none. */
async function findEvaluation(
  loaded: LoadedClassifier,
  options: CollectRunReportOptions,
  missing: string[],
): Promise<Evaluated> {
  if (options.evaluation !== null) {
    const { checkpoint, part } = options.evaluation;
    if (checkpoint !== loaded.folder) {
      missing.push(
        `The evaluation shown is of ${checkpoint}; weights and sizes are those of ${loaded.folder}.`,
      );
    }
    missing.push(
      `Complexities of the single ${part} images are not in the evaluation that was given; the histogram has the levels only.`,
    );
    return { evaluation: options.evaluation, complexityHistogram: null, pictures: null };
  }
  const none = { evaluation: null, complexityHistogram: null, pictures: null };
  if (!options.evaluate) {
    missing.push("Figures on the test images: evaluation was not asked for.");
    return none;
  }
  try {
    return await evaluateTest(loaded, options);
  } catch (error) {
    if (!(error instanceof DataError || error instanceof DivergenceError)) throw error;
    missing.push(`Figures on the test images: ${messageOf(error)}.`);
    return none;
  }
}

/** What the checkpoint adds to a report. */
async function collectCheckpoint(
  options: CollectRunReportOptions,
  missing: string[],
): Promise<
  Pick<RunReport, "checkpoint" | "count" | "weights"> & Evaluated
> {
  const { testImages, dataDirectory, warn, report } = options;
  report?.(0, 0, "loading images");
  const loaded = await loadTrained({
    runDirectory: options.runDirectory,
    checkpoint: options.checkpoint,
    data: {
      ...(testImages === null ? {} : { testImages }),
      ...(dataDirectory === undefined ? {} : { directory: dataDirectory }),
    },
    ...(warn === undefined ? {} : { warn }),
  });
  try {
    const { card, folder, trained } = loaded;
    const { backend, image, classNames, depthFit } = card;
    const classes = classNames.length;
    return {
      checkpoint: {
        ...{ folder, backend, image, classNames },
        ...(depthFit === undefined ? {} : { depthFit }),
      },
      count: await countModel(card.model, { classes, image }),
      ...await findEvaluation(loaded, options, missing),
      weights: await collectWeights(card.model, trained.classifier, {
        classes,
        report: (done, total) => report?.(done, total, "generating kernels"),
      }),
    };
  } finally {
    loaded.trained.classifier.dispose();
  }
}

/** What a run without a usable checkpoint still tells. */
async function collectRecord(
  { runDirectory, evaluation }: CollectRunReportOptions,
  config: ExperimentConfig,
  { message }: Error,
  missing: string[],
): Promise<Pick<RunReport, "checkpoint" | "count" | "weights"> & Evaluated> {
  const none = {
    checkpoint: null,
    count: null,
    complexityHistogram: null,
    pictures: null,
    weights: null,
  };
  const recorded = evaluation === null ? await readRecordedTest(runDirectory) : null;
  if (recorded === null) {
    missing.push(`Weights, sizes and figures on the test images: ${message}.`);
    return { ...none, evaluation };
  }
  missing.push(
    "Weights: they were not kept; the figures on the test images are those that were recorded in the run folder.",
  );
  const { figures } = recorded.evaluation;
  const side = imageSideOf(config.data);
  const count = await countModel(config.model, {
    classes: figures.classes.length,
    image: { height: side, width: side },
  });
  const speed = recorded.speed === null ? {} : { speed: recorded.speed };
  return { ...none, count, evaluation: { runDirectory, ...recorded.evaluation, ...speed } };
}

/**
 * Collects everything that a report says of a run. Configuration and log must be there; what else is missing is named in
 * the report. The backend must have been selected before.
 *
 * @param options Run folder, checkpoint, evaluation.
 * @returns The report's content.
 * @throws {CheckpointError} if the folder is not a run folder, or its log is damaged.
 */
export async function collectRunReport(options: CollectRunReportOptions): Promise<RunReport> {
  const { runDirectory } = options;
  const config = await readRunConfig(runDirectory);
  const missing: string[] = [];
  const epochs = await readMetricsLog(runDirectory);
  const progress = await readRunProgress(runDirectory);
  if (epochs.length === 0) missing.push("Learning curves: no epoch has ended yet.");
  else if (epochs.length < config.training.epochs && !progress?.isFinished) {
    missing.push(
      `The run is not complete: ${epochs.length} of ${
        countOf(config.training.epochs, "epoch")
      } logged.`,
    );
  }
  const provenance = await originOf(runDirectory, missing);
  const head = {
    kind: "run-report",
    version: 1,
    runDirectory,
    config,
    provenance,
    epochs,
    best: progress?.best ?? null,
  } as const;
  try {
    return { ...head, ...await collectCheckpoint(options, missing), missing };
  } catch (error) {
    // A bad checkpoint or bad images are a gap in the report. What concerns the machine is its end.
    if (!(error instanceof PuppetError) || error instanceof BackendError) throw error;
    return { ...head, ...await collectRecord(options, config, error, missing), missing };
  }
}
