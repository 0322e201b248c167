import { join } from "node:path";
import { UsageError } from "../lib/errors.ts";
import { describePathFailure } from "../lib/files/path_failure.ts";
import { readBoundedText } from "../lib/read_bounded.ts";
import type { ExperimentConfig } from "../lib/configuration/experiment_config.ts";
import { configEntries, formatConfig } from "../lib/configuration/format_config.ts";
import {
  type ConfigOverride,
  givenKeys,
  MAX_CONFIG_BYTES,
  parseConfig,
} from "../lib/configuration/parse_config.ts";
import { protocolConfig } from "../lib/paper/presets/preset.ts";
import { findPreset } from "../lib/paper/presets/preset_registry.ts";
import { requireNewFolder } from "../lib/runs/require_new_folder.ts";
import { readRunConfig } from "../lib/runs/run_config_file.ts";
import { readConfigOverrides } from "./config_options.ts";

/** Options of `train` that decide what is trained and where. */
export interface TrainingRequestOptions {
  readonly config?: string | undefined;
  readonly preset?: string | undefined;
  readonly run?: string | undefined;
  readonly resume?: string | undefined;
}

/** A training, fully decided. */
export interface TrainingRequest {
  readonly config: ExperimentConfig;
  readonly runDirectory: string;
  readonly resume: boolean;
  /** The backend was named, so that another one than before is wanted. */
  readonly allowOtherBackend: boolean;
  /** What the options changed. */
  readonly overrides: readonly ConfigOverride[];
  /** What was chosen where nothing was said, in words. */
  readonly choices: readonly string[];
}

/** Keys that may change when a run goes on: the rest of the run is as if they had always been so. */
const CHANGEABLE_ON_RESUME: ReadonlySet<string> = new Set([
  "backend",
  "data.directory",
  "training.epochs",
  "training.minDelta",
  "training.patience",
  "training.recompute",
]);

async function readConfigFile(path: string): Promise<string> {
  try {
    // `--config <(...)` is a pipe.
    const bounds = { maxBytes: MAX_CONFIG_BYTES, refusal: UsageError, pipe: true };
    return await readBoundedText(path, bounds);
  } catch (error) {
    const failure = describePathFailure(error);
    if (failure === null) throw error;
    throw new UsageError(`Cannot read configuration ${path}: ${failure}; name another`, {
      cause: error,
    });
  }
}

/** What the options win over: a preset, a file, or nothing but the defaults. */
async function readBase(
  { config, preset }: TrainingRequestOptions,
  overrides: readonly ConfigOverride[],
): Promise<string> {
  if (preset === undefined) return config === undefined ? "" : await readConfigFile(config);
  const seed = overrides.findLast(({ path }) => path === "training.seed")?.value;
  const protocol = protocolConfig(findPreset(preset), typeof seed === "number" ? seed : 1);
  return formatConfig(protocol);
}

/** `runs/cifar10-puppet-cnn-20261123T204500Z`: sorts by time and names no two runs alike. */
function defaultRunDirectory(config: ExperimentConfig, startedAt: Date): string {
  const time = startedAt.toISOString().replace(/\.\d+/, "").replace(/[-:]/g, "");
  return join("runs", `${config.data.dataset}-${config.model.name}-${time}`);
}

/** The run's own configuration with the few changes that a run survives. */
function changeForResume(
  saved: ExperimentConfig,
  overrides: readonly ConfigOverride[],
): ExperimentConfig {
  const changed = parseConfig(formatConfig(saved), { source: "the options", overrides });
  const after = new Map(configEntries(changed));
  const differences = configEntries(saved).flatMap(([path, value]) =>
    value === after.get(path) || CHANGEABLE_ON_RESUME.has(path)
      ? []
      : [`  ${path}: ${value} in the run, ${after.get(path)} asked for`]
  );
  if (differences.length === 0) return changed;
  throw new UsageError([
    "Cannot resume with another configuration:",
    ...differences,
    `Only ${[...CHANGEABLE_ON_RESUME].join(", ")} may change; start a new run for the rest`,
  ]);
}

/** The sizes of a folder's images, chosen by what is in it where nothing is said. */
async function withSuggestedSize(
  config: ExperimentConfig,
  given: {
    readonly text: string;
    readonly source: string;
    readonly overrides: readonly ConfigOverride[];
  },
): Promise<{ readonly config: ExperimentConfig; readonly choices: readonly string[] }> {
  const { text, source, overrides } = given;
  const keys = new Set([...givenKeys(text), ...overrides.map(({ path }) => path)]);
  if (config.data.dataset !== "folder" || keys.has("data.imageSize")) {
    return { config, choices: [] };
  }
  const { suggestImageSize } = await import("../lib/datasets/suggest_image_size.ts");
  const size = await suggestImageSize(config.data.directory);
  if (size === null) return { config, choices: [] };
  const { imageSize, medianSide } = size;
  const resizeTo = keys.has("data.resizeTo") ? config.data.resizeTo : size.resizeTo;
  const values = { "data.imageSize": imageSize, "data.resizeTo": resizeTo };
  const chosen = Object.entries(values).map(([path, value]) => ({ path, value }));
  const cut = resizeTo === null ? "" : `, cut out of ${resizeTo} x ${resizeTo}`;
  return {
    config: parseConfig(text, { source, overrides: [...overrides, ...chosen] }),
    choices: [
      `images: ${imageSize} x ${imageSize} pixels${cut}; the pictures' shorter sides have ${medianSide} in the median ` +
      "(--image-size, --resize-to)",
    ],
  };
}

/**
 * Decides what is trained and where: configuration file, then options; or the configuration of the run that
 * goes on.
 *
 * @param options What the parser found, by attribute name.
 * @param startedAt Time at which the command began; names the run folder where none is given.
 * @returns Configuration and run folder.
 * @throws {UsageError} if the configuration is wrong, or changes a run that goes on.
 * @throws {CheckpointError} if the run folder is in use, or is not a run folder (with `--resume`).
 */
export async function resolveTrainingRequest(
  options: TrainingRequestOptions,
  startedAt: Date,
): Promise<TrainingRequest> {
  const overrides = readConfigOverrides(options as Readonly<Record<string, unknown>>);
  if (options.resume !== undefined) {
    const saved = await readRunConfig(options.resume);
    const { refuseExported } = await import("../lib/runs/exported_model.ts");
    await refuseExported(options.resume);
    const config = changeForResume(saved, overrides);
    const allowOtherBackend = overrides.some(({ path }) => path === "backend");
    const resumed = { config, runDirectory: options.resume, resume: true, allowOtherBackend };
    return { ...resumed, overrides, choices: [] };
  }
  const text = await readBase(options, overrides);
  const source = options.config ?? "the options";
  const asked = parseConfig(text, { source, overrides });
  const { config, choices } = await withSuggestedSize(asked, { text, source, overrides });
  const runDirectory = options.run ?? defaultRunDirectory(config, startedAt);
  await requireNewFolder(runDirectory);
  return { config, runDirectory, resume: false, allowOtherBackend: false, overrides, choices };
}
