import { join } from "node:path";
import { isPlainObject } from "../arguments/describe_given.ts";
import { localPath } from "../arguments/local_path.ts";
import { requireOptions } from "../arguments/require_options.ts";
import { currentBackend } from "../backends/current_backend.ts";
import { selectBackend } from "../backends/select_backend.ts";
import { changeForResume } from "../configuration/change_for_resume.ts";
import { findPreset, protocolConfig } from "../paper/preset.ts";
import { collectProvenance } from "../runs/collect_provenance.ts";
import { decideConfig } from "../runs/decide_config.ts";
import {
  type ClaimedRunDirectory,
  claimRunDirectory,
  defaultRunDirectory,
} from "../runs/default_run_directory.ts";
import { readInitialWeights } from "../runs/initial_weights.ts";
import { refuseExported } from "../runs/exported_model.ts";
import { readRunConfig } from "../runs/run_config_file.ts";
import { RUN_CONFIG_FILE } from "../runs/run_folder.ts";
import { requireNewFolder } from "../runs/require_new_folder.ts";
import { runTraining } from "../runs/run_training.ts";
import { dataOverrides, sectionOverrides } from "./settings.ts";
import type { ActiveBackend, MathType } from "../backends/backend.ts";
import type { BackendRequest } from "../backends/select_backend.ts";
import type { ConfigOverride } from "../configuration/config_words.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import type { ModelConfig } from "../models/model_config.ts";
import type { ModelName } from "../models/model_names.ts";
import type { PresetName } from "../paper/presets.ts";
import type { SaveSchedule } from "../training/save_schedule.ts";
import type { TrainingConfig } from "../training/training_config.ts";
import type { TrainingEvent } from "../training/training_event.ts";
import type { RunTrainingOptions, TrainingSummary } from "../runs/run_types.ts";
import type { DataSettings } from "./settings.ts";

/** Settings of a training; what is not said has its default, which is the paper's protocol. */
export interface TrainSettings {
  /** Which images: a folder of pictures with one folder per class, or settings by name. */
  readonly data?: DataSettings;
  /** Which model: its name, or settings by name. */
  readonly model?: ModelName | Partial<ModelConfig>;
  /** How it is trained. */
  readonly training?: Partial<TrainingConfig>;
  /**
   * What computes.
   *
   * @default the backend that was selected; the first that works here if none was
   */
  readonly backend?: BackendRequest;
  /**
   * Numbers that convolutions and large matrix products are computed with.
   *
   * @default those of the backend that was selected; `float32` if none was
   */
  readonly math?: MathType;
}

/** A training that begins. */
export interface NewTraining extends TrainSettings {
  /** A training that is known by name; the settings win over it. */
  readonly preset?: PresetName;
  /**
   * Folder of a run or of an exported model to begin with: its weights as far as they fit, and a new head fitted to the
   * images. Its model and the size of its images are the defaults, unless a preset is named.
   *
   * @default initial values
   */
  readonly weights?: string | URL;
  /**
   * Folder of the run; must not exist, or be empty.
   *
   * @default a new one below `runs`, named by images, model and time
   */
  readonly run?: string | URL;
}

/** A training that goes on where it was saved. Few settings may change: `training.epochs`, for example. */
export interface ResumedTraining extends TrainSettings {
  /** Folder of the run. */
  readonly resume: string | URL;
}

/** How a training is watched and ended. */
export interface TrainOptions {
  /** Called for every step, epoch and checkpoint, for what comes before them, and for warnings. */
  readonly onEvent?: (event: TrainingEvent) => void;
  /** Stops after the current step, saves, and returns `interrupted`. */
  readonly signal?: AbortSignal;
  /**
   * Seconds after which the training saves and returns `time-limit`, > 0.
   *
   * @default no limit
   */
  readonly timeLimit?: number;
  /**
   * When the training is saved on its way.
   *
   * @default after every epoch
   */
  readonly saveEvery?: SaveSchedule;
  /**
   * Writes events for TensorBoard to the folder `tensorboard` of the run.
   *
   * @default false; a run that goes on continues those that it has
   */
  readonly tensorboard?: boolean;
}

/** Kinds of what both trainings take; the sections are checked where they are read. */
const SETTINGS = {
  data: "any",
  model: "any",
  training: "any",
  backend: "text",
  math: "text",
} as const;

const NEW_SETTINGS = { preset: "text", weights: "any", run: "any", ...SETTINGS } as const;

const RESUMED_SETTINGS = { resume: "any", ...SETTINGS } as const;

/** All of it before anything is read or written: a training that fails on its way leaves a folder. */
function requireTrainOptions(options: TrainOptions): void {
  requireOptions(options, {
    ...{ onEvent: "function", signal: "signal", timeLimit: "seconds" },
    ...{ saveEvery: "object", tensorboard: "boolean" },
  }, "options of a training");
  const { saveEvery = {} } = options;
  requireOptions(saveEvery, { epochs: "count", seconds: "seconds" }, "option saveEvery");
}

/** Whether a training goes on; refuses what neither kind of training takes. */
function isResumed(request: NewTraining | ResumedTraining): request is ResumedTraining {
  const resumes = isPlainObject(request) && request["resume"] !== undefined;
  if (resumes) {
    requireOptions(request, RESUMED_SETTINGS, "settings of a training that goes on");
  } else requireOptions(request, NEW_SETTINGS, "settings");
  return resumes;
}

/** A training, fully decided. */
interface Decision extends Pick<RunTrainingOptions, "runDirectory" | "resume" | "weights"> {
  readonly config: ExperimentConfig;
  readonly argv: readonly string[];
  /** The folder, where none was named. */
  readonly claimed?: ClaimedRunDirectory;
}

function overridesOf({ data, model, training, backend, math }: TrainSettings): ConfigOverride[] {
  const named = typeof model === "string" ? { name: model } : model;
  const computing = Object.entries({ backend, math }).flatMap(([path, value]) =>
    value === undefined ? [] : [{ path, value }]
  );
  return [
    ...dataOverrides(data),
    ...sectionOverrides("model", named, "the name of a model"),
    ...sectionOverrides("training", training),
    ...computing,
  ];
}

async function decideResumed(request: ResumedTraining): Promise<Decision> {
  const runDirectory = localPath(request.resume, "Cannot train: resume");
  const overrides = overridesOf(request);
  const saved = await readRunConfig(runDirectory);
  await refuseExported(runDirectory);
  const config = changeForResume(saved, overrides);
  return { config, runDirectory, resume: true, argv: ["train", "--resume", runDirectory] };
}

function pathIfGiven(request: NewTraining, name: "weights" | "run"): string | undefined {
  const given = request[name];
  return given === undefined ? undefined : localPath(given, `Cannot train: ${name}`);
}

async function decideNew(
  request: NewTraining,
  startedAt: Date,
  onEvent: TrainOptions["onEvent"],
): Promise<Decision> {
  const weights = pathIfGiven(request, "weights");
  const run = pathIfGiven(request, "run");
  const { math = selectedMath(request), ...rest } = request;
  const settings = overridesOf({ ...rest, ...(math === undefined ? {} : { math }) });
  const seed = request.training?.seed ?? 1;
  const base = request.preset === undefined
    ? {}
    : { base: protocolConfig(findPreset(request.preset), seed) };
  const { config } = await decideConfig({
    ...{ source: "the settings", overrides: settings, weights },
    ...base,
  });
  // Now: images would be looked at for minutes before the run could not be made.
  if (run !== undefined) await requireNewFolder(run);
  const taken = weights === undefined ? {} : {
    weights: await readInitialWeights(weights, (text) => onEvent?.({ kind: "warning", text })),
  };
  const claimed = run === undefined
    ? await claimRunDirectory(defaultRunDirectory(config, startedAt))
    : undefined;
  const runDirectory = run ?? claimed!.path;
  const argv = [
    ...["train", "--config", join(runDirectory, RUN_CONFIG_FILE)],
    ...weights === undefined ? [] : ["--weights", weights],
  ];
  return {
    ...{ config, runDirectory, resume: false, argv },
    ...taken,
    ...(claimed === undefined ? {} : { claimed }),
  };
}

/** What the selected backend rounds to, unless another backend is asked for. */
function selectedMath({ backend = "auto" }: TrainSettings): MathType | undefined {
  const current = currentBackend();
  const stays = backend === "auto" || backend === current?.name;
  return stays ? current?.math : undefined;
}

/** The backend that was selected, unless another is asked for. */
async function backendFor({ backend: name, math }: ExperimentConfig): Promise<ActiveBackend> {
  const current = currentBackend();
  const isAsked = current !== null && (name === "auto" || name === current.name) &&
    math === (current.math ?? "float32");
  return isAsked ? current : await selectBackend(name, { math });
}

/**
 * Trains a model and keeps configuration, log and checkpoints in a run folder; or goes on with a run.
 *
 * @param request What is trained, and where.
 * @param options Who watches it, and what ends it.
 * @returns What was reached, why it ended, and the folder of the run.
 * @throws {UsageError} if a setting is unknown or wrong, or changes a run that goes on.
 * @throws {DataError} if the images are missing or damaged.
 * @throws {CheckpointError} if the folder is in use, not empty, or no run that could go on; if the weights are missing,
 * damaged, or none of them fits.
 * @throws {BackendError} if the backend does not work here.
 * @throws {RangeError} if a time or a number of epochs is not above 0, or a path is empty.
 * @throws {TypeError} if a setting or an option is of another type. Nothing has been written then.
 *
 * @example Own pictures, one folder per class
 * ```ts ignore
 * import { loadModel, train } from "../mod.ts";
 *
 * const run = await train(
 *   { data: "pictures", model: { maxChannels: 64 }, training: { epochs: 20 } },
 *   { onEvent: (event) => event.kind === "epoch" && console.log(event.record) },
 * );
 * using model = await loadModel(run);
 * console.log(await model.classify("new.jpg"));
 * ```
 */
export async function train(
  request: NewTraining | ResumedTraining = {},
  options: TrainOptions = {},
): Promise<TrainingSummary> {
  requireTrainOptions(options);
  const startedAt = new Date();
  const { config, argv, claimed, ...decided } = isResumed(request)
    ? await decideResumed(request)
    : await decideNew(request, startedAt, options.onEvent);
  await using _made = claimed;
  const backend = await backendFor(config);
  const { onEvent: report, ...rest } = options;
  return await runTraining(config, {
    ...decided,
    ...rest,
    allowOtherBackend: request.backend !== undefined,
    provenance: await collectProvenance({ argv, startedAt, backend }),
    ...(report === undefined ? {} : { report }),
  });
}
