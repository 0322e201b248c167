import { UsageError } from "../lib/errors.ts";
import { describePathFailure } from "../lib/files/path_failure.ts";
import { pathExists } from "../lib/files/path_exists.ts";
import { readBoundedText } from "../lib/read_bounded.ts";
import type { ExperimentConfig } from "../lib/configuration/experiment_config.ts";
import { MAX_CONFIG_BYTES } from "../lib/configuration/parse_config.ts";
import type { ConfigOverride } from "../lib/configuration/config_words.ts";
import { findPreset, protocolConfig } from "../lib/paper/preset.ts";
import { changeForResume } from "../lib/configuration/change_for_resume.ts";
import { defaultRunDirectory } from "../lib/runs/default_run_directory.ts";
import { requireNewFolder } from "../lib/runs/require_new_folder.ts";
import { readRunConfig } from "../lib/runs/run_config_file.ts";
import { readConfigOverrides } from "./config_options.ts";
import { readStdin } from "./read_stdin.ts";

/** Options of `train` that decide what is trained and where. */
export interface TrainingRequestOptions {
  readonly config?: string | undefined;
  readonly preset?: string | undefined;
  readonly run?: string | undefined;
  readonly resume?: string | undefined;
  /** Run or model whose weights a new run begins with. */
  readonly weights?: string | undefined;
}

/** A training, fully decided. */
export interface TrainingRequest {
  readonly config: ExperimentConfig;
  readonly runDirectory: string;
  /** The folder was named; of another run, the folder is made under the next free name. */
  readonly isNamed: boolean;
  readonly resume: boolean;
  /** The backend was named, so that another one than before is wanted. */
  readonly allowOtherBackend: boolean;
  /** What the options changed. */
  readonly overrides: readonly ConfigOverride[];
  /** What was chosen where nothing was said, in words. */
  readonly choices: readonly string[];
}

/** A configuration file that the user named. */
export interface ConfigFile {
  readonly text: string;
  /** What messages call it. */
  readonly source: string;
}

/** Reads a configuration file that the user named; `-` is stdin. */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const bounds = { maxBytes: MAX_CONFIG_BYTES, refusal: UsageError };
  if (path === "-") {
    return { text: await readStdin("the configuration", bounds), source: "stdin" };
  }
  try {
    // `--config <(...)` is a pipe.
    return { text: await readBoundedText(path, { ...bounds, pipe: true }), source: path };
  } catch (error) {
    const failure = describePathFailure(error);
    if (failure === null) throw error;
    throw new UsageError(`Cannot read configuration ${path}: ${failure}; name another`, {
      cause: error,
    });
  }
}

/** The configuration of a preset, which the options win over. */
function readPreset(
  name: string | undefined,
  overrides: readonly ConfigOverride[],
): { readonly base?: ExperimentConfig } {
  if (name === undefined) return {};
  const seed = overrides.findLast(({ path }) => path === "training.seed")?.value;
  return { base: protocolConfig(findPreset(name), typeof seed === "number" ? seed : 1) };
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
    return { ...resumed, isNamed: true, overrides, choices: [] };
  }
  const { text, source } = options.config === undefined
    ? { text: "", source: "the options" }
    : await readConfigFile(options.config);
  const { decideConfig } = await import("../lib/runs/decide_config.ts");
  const { config, choices } = await decideConfig({
    ...{ text, source, overrides, weights: options.weights },
    ...readPreset(options.preset, overrides),
  });
  const isNamed = options.run !== undefined;
  const runDirectory = options.run ?? defaultRunDirectory(config, startedAt);
  // Of a name that is taken another is made; what is wrong with the folder above is said now.
  const isTaken = !isNamed && await pathExists(runDirectory).catch(() => false);
  if (!isTaken) await requireNewFolder(runDirectory);
  const begun = { config, runDirectory, isNamed, resume: false, allowOtherBackend: false };
  return { ...begun, overrides, choices };
}
