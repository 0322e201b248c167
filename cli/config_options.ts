import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { UsageError } from "../lib/errors.ts";
import { CONFIG_KEYS, type ConfigKey } from "../lib/configuration/experiment_config.ts";
import { type ConfigOverride, readConfigWord } from "../lib/configuration/parse_config.ts";
import { backendOption } from "./shared_options.ts";

/** Option of every key of the configuration, with the name of its value in the help. */
const OPTION_OF_KEY: Readonly<Record<string, readonly [flag: string, value?: string]>> = {
  "data.dataset": ["--dataset", "name"],
  "data.directory": ["--data", "folder"],
  "data.images": ["--images", "count"],
  "data.validationFraction": ["--validation-fraction", "share"],
  "data.selection": ["--selection", "rule"],
  "data.testImages": ["--test-images", "count"],
  "data.imageSize": ["--image-size", "pixels"],
  "data.resizeTo": ["--resize-to", "pixels"],
  "data.splitSeed": ["--split-seed", "number"],
  "data.classes": ["--classes", "count"],
  "model.name": ["--model", "name"],
  "model.maxChannels": ["--channels", "count"],
  "model.kernelSize": ["--kernel-size", "taps"],
  "model.initialState": ["--initial-state", "kind"],
  "model.solver": ["--solver", "method"],
  "model.trajectorySteps": ["--trajectory-steps", "count"],
  "model.kernelResizing": ["--kernel-resizing", "kind"],
  "model.complexity": ["--complexity", "measure"],
  "model.depthAdaptation": ["--depth-adaptation"],
  "model.parameterAdaptation": ["--parameter-adaptation"],
  "model.fixedDepth": ["--depth", "layers"],
  "model.stepsPerBit": ["--steps-per-bit", "kappa"],
  "model.complexityOffset": ["--complexity-offset", "bits"],
  "model.minSteps": ["--min-steps", "layers"],
  "model.maxSteps": ["--max-steps", "layers"],
  "model.levelsPerDepth": ["--levels-per-depth", "count"],
  "model.exact": ["--exact"],
  "model.referenceComplexity": ["--reference-complexity", "bits"],
  "model.scaleExponent": ["--scale-exponent", "power"],
  "model.identityShortcuts": ["--identity-shortcuts"],
  "model.activation": ["--activation", "name"],
  "training.epochs": ["--epochs", "count"],
  "training.batchSize": ["--batch-size", "images"],
  "training.seed": ["--seed", "number"],
  "training.learningRate": ["--learning-rate", "rate"],
  "training.minLearningRate": ["--min-learning-rate", "rate"],
  "training.schedule": ["--schedule", "name"],
  "training.warmupEpochs": ["--warmup-epochs", "count"],
  "training.beta1": ["--beta1", "decay"],
  "training.beta2": ["--beta2", "decay"],
  "training.epsilon": ["--epsilon", "number"],
  "training.weightDecay": ["--weight-decay", "rate"],
  "training.labelSmoothing": ["--label-smoothing", "share"],
  "training.dropout": ["--dropout", "share"],
  "training.channelDropout": ["--channel-dropout", "share"],
  "training.featureMixing": ["--feature-mixing", "share"],
  "training.weightAveraging": ["--weight-averaging", "decay"],
  "training.clipNorm": ["--clip-norm", "norm"],
  "training.levelSharing": ["--level-sharing", "levels"],
  "training.finalLevelSharing": ["--final-level-sharing", "levels"],
  "training.levelSmoothing": ["--level-smoothing", "share"],
  "training.statisticsImages": ["--statistics-images", "count"],
  "training.fitDepths": ["--fit-depths"],
  "training.flip": ["--flip"],
  "training.crop": ["--crop", "pixels"],
  "training.color": ["--color", "share"],
  "training.patience": ["--patience", "epochs"],
  "training.minDelta": ["--min-delta", "gain"],
  "training.validateEvery": ["--validate-every", "epochs"],
  "training.stepsPerEpoch": ["--steps-per-epoch", "count"],
  "training.recompute": ["--recompute"],
};

/** What the help says of the switches that turn something off. */
const OFF_TEXTS: Readonly<Record<string, string>> = {
  "model.depthAdaptation": "the same depth for every image",
  "model.parameterAdaptation": "the same initial state for every image",
};

const GROUP_OF_SECTION: Readonly<Record<string, string>> = {
  data: "Data:",
  model: "Model:",
  training: "Training:",
};

/** What the help says about the option of a key. */
function describeOption(key: ConfigKey): string {
  const words = key.allowed.startsWith("one of ") ? `${key.allowed.slice(7)}; ` : "";
  const also = key.path === "model.fixedDepth" ? "; switches depth adaptation off" : "";
  const text = `${key.description}${also} (${words}default: ${key.default})`;
  // On the command line "all" is easier to guess than the configuration's null.
  return key.allowed.endsWith("or null") ? text.replaceAll("null", "all") : text;
}

/** `--flip` and `--no-flip`; the help shows the one that changes the default. */
function switchOptions(flag: string, key: ConfigKey): Option[] {
  const isOn = key.default === true;
  const on = new Option(flag, key.description).hideHelp(isOn);
  const off = new Option(
    flag.replace("--", "--no-"),
    OFF_TEXTS[key.path] ?? `not: ${key.description}`,
  ).hideHelp(!isOn);
  // In this order: the parser takes a lone --no-flip as a sign that the value is true by itself.
  return [on, off];
}

function optionsOfKey(key: ConfigKey): Option[] {
  const [flag, value] = OPTION_OF_KEY[key.path] ?? [];
  if (flag === undefined) return [];
  return value === undefined
    ? switchOptions(flag, key)
    : [new Option(`${flag} <${value}>`, describeOption(key))];
}

/**
 * Adds one option for every key of the configuration, `--backend`, and `--set` for keys by path.
 *
 * @param command Receives the options.
 * @param only Paths of the keys that get an option, without `--set`; all by default.
 */
export function addConfigOptions(command: CommandUnknownOpts, only?: ReadonlySet<string>): void {
  for (const key of CONFIG_KEYS.filter(({ path }) => only?.has(path) ?? true)) {
    const group = GROUP_OF_SECTION[key.path.split(".")[0]!];
    for (const option of optionsOfKey(key)) {
      command.addOption(group === undefined ? option : option.helpGroup(group));
    }
  }
  command.addOption(backendOption());
  if (only !== undefined) return;
  command.addOption(
    new Option("--set <path=value>", "set a key of the configuration by its path; may be repeated")
      .argParser((word: string, previous: string[] | undefined) => [...(previous ?? []), word]),
  );
}

/** Name under which the parser keeps the option's value: `--batch-size` -> `batchSize`. */
function attributeOf(flag: string): string {
  return new Option(flag).attributeName();
}

/**
 * Reads the word of a `--set`.
 *
 * @param setting `path=value`.
 * @returns The override.
 * @throws {UsageError} if it has no `=`, or the path names no key.
 */
export function readSetting(setting: string): ConfigOverride {
  const [path = "", ...rest] = setting.split("=");
  if (rest.length === 0) {
    throw new UsageError(
      `Cannot use --set ${setting}: it must read path=value, for example --set model.maxChannels=128`,
    );
  }
  return { path, value: readConfigWord(path, rest.join("=")), from: "--set" };
}

function readOption(key: ConfigKey, given: unknown): ConfigOverride[] {
  const flag = OPTION_OF_KEY[key.path]?.[0];
  if (flag === undefined) return [];
  const value = typeof given === "string" ? readConfigWord(key.path, given) : given;
  const override = {
    path: key.path,
    value,
    from: given === false ? `--no-${flag.slice(2)}` : flag,
  };
  if (key.path !== "model.fixedDepth") return [override];
  return [override, { path: "model.depthAdaptation", value: false, from: flag }];
}

/** Two options that set one key to different values: neither can be the one that was meant. */
function refuseContradictions(overrides: readonly ConfigOverride[]): void {
  const first = new Map<string, ConfigOverride>();
  for (const override of overrides) {
    const other = first.get(override.path);
    if (other !== undefined && other.value !== override.value) {
      throw new UsageError(
        `Cannot set ${override.path}: ${other.from} makes it ${other.value}, ${override.from} makes it ` +
          `${override.value}; give one of them`,
      );
    }
    first.set(override.path, override);
  }
}

/**
 * Turns parsed options into overrides of a configuration.
 *
 * @param options What the parser found, by attribute name.
 * @returns One override per key that was set, in the order of the configuration.
 * @throws {UsageError} if `--set` is malformed or names no key, or two options contradict each other.
 */
export function readConfigOverrides(options: Readonly<Record<string, unknown>>): ConfigOverride[] {
  const overrides: ConfigOverride[] = [];
  for (const key of CONFIG_KEYS) {
    const flag = OPTION_OF_KEY[key.path]?.[0];
    const given = flag === undefined ? undefined : options[attributeOf(flag)];
    if (given !== undefined) overrides.push(...readOption(key, given));
  }
  if (options.backend !== undefined) {
    overrides.push({ path: "backend", value: options.backend, from: "--backend" });
  }
  const settings = Array.isArray(options.set) ? options.set as string[] : [];
  overrides.push(...settings.map(readSetting));
  refuseContradictions(overrides);
  return overrides;
}
