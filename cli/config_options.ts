import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { UsageError } from "../lib/errors.ts";
import { CONFIG_KEYS, type ConfigKey } from "../lib/configuration/experiment_config.ts";
import { describeKey } from "../lib/configuration/config_values.ts";
import { describeDefault } from "../lib/configuration/describe_default.ts";
import { type ConfigOverride, readConfigWord } from "../lib/configuration/config_words.ts";
import { backendOption, mathOption, threadsOption } from "./shared_options.ts";

const GROUP_OF_SECTION: Readonly<Record<string, string>> = {
  data: "Data:",
  model: "Model:",
  training: "Training:",
};

/** What the help says about the option of a key. */
function describeOption(key: ConfigKey): string {
  const words = key.allowed.startsWith("one of ") ? `${key.allowed.slice(7)}; ` : "";
  const also = key.also === undefined ? "" : `; ${key.also.text}`;
  const text = describeKey(key, `"${key.orNull?.[0]}"`);
  return `${text}${also} (${words}default: ${describeDefault(key)})`;
}

/** The option without the name of its value: `--images`. */
function flagOf(key: ConfigKey): string {
  return key.option.split(" ")[0]!;
}

/** `--flip` and `--no-flip`; the help shows the one that changes the default. */
function switchOptions(key: ConfigKey): Option[] {
  const flag = flagOf(key);
  const isOn = key.default === true;
  const on = new Option(flag, key.description).hideHelp(isOn);
  const off = new Option(
    flag.replace("--", "--no-"),
    key.off ?? `not: ${key.description}`,
  ).hideHelp(!isOn);
  // In this order: the parser takes a lone --no-flip as a sign that the value is true by itself.
  return [on, off];
}

function optionsOfKey(key: ConfigKey): Option[] {
  // `--backend` and `--math` stand in every command that computes.
  if (!key.path.includes(".")) return [];
  return key.option === flagOf(key)
    ? switchOptions(key)
    : [new Option(key.option, describeOption(key))];
}

/**
 * Adds one option for every key of the configuration, and `--set` for keys by path.
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
  command.addOption(backendOption()).addOption(threadsOption()).addOption(mathOption());
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
  const flag = flagOf(key);
  const value = typeof given === "string" ? readConfigWord(key.path, given) : given;
  const override = {
    path: key.path,
    value,
    from: given === false ? `--no-${flag.slice(2)}` : flag,
  };
  if (key.also === undefined) return [override];
  return [override, { path: key.also.path, value: key.also.value, from: flag }];
}

/**
 * Refuses two options that set one key to different values: neither can be the one that was meant.
 *
 * @param overrides What the options set.
 * @throws {UsageError} if two of them contradict each other.
 */
export function refuseContradictions(overrides: readonly ConfigOverride[]): void {
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
    const given = options[attributeOf(key.option)];
    if (given !== undefined) overrides.push(...readOption(key, given));
  }
  const settings = Array.isArray(options.set) ? options.set as string[] : [];
  overrides.push(...settings.map(readSetting));
  refuseContradictions(overrides);
  return overrides;
}
