import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { UsageError } from "../lib/errors.ts";
import type { MathType } from "../lib/backends/backend.ts";
import type { ConfigOverride } from "../lib/configuration/config_words.ts";
import { readSetting, refuseContradictions } from "./config_options.ts";
import { type BackendChoice, wholeNumber } from "./shared_options.ts";

/** Options of `compare` that win over the presets. */
export interface CompareOverrideOptions {
  readonly data?: string | undefined;
  readonly backend?: BackendChoice | undefined;
  readonly math?: MathType | undefined;
  readonly epochs?: number | undefined;
  readonly trainImages?: number | undefined;
  readonly testImages?: number | undefined;
  readonly channels?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly set?: readonly string[] | undefined;
}

/** The number options, with the key of the configuration that each sets. */
const NUMBER_OPTIONS = [
  ["epochs", "--epochs <count>", "training.epochs", "passes over the training images"],
  ["testImages", "--test-images <count>", "data.testImages", "only this many test images"],
  ["channels", "--channels <count>", "model.maxChannels", "C of puppeteers"],
  ["batchSize", "--batch-size <images>", "training.batchSize", "images per step"],
] as const;

/** Heading of the options that win over the presets, in the help. */
export const CHANGES_GROUP = "Changes of the protocol (rows that they change are marked):";

/** Share held out of the images taken, where the training part is counted without it. */
const VALIDATION_FRACTION = 0.2;

/**
 * Adds the options that win over the presets. They mark the rows that they change as not the full protocol.
 *
 * @param command Receives the options.
 */
export function addOverrideOptions(command: CommandUnknownOpts): void {
  const add = (option: Option) => command.addOption(option.helpGroup(CHANGES_GROUP));
  command.addOption(new Option("--data <folder>", "folder that holds the datasets"));
  for (const [, flags, , text] of NUMBER_OPTIONS) {
    add(new Option(flags, text).argParser(wholeNumber(1)));
  }
  add(
    new Option(
      "--train-images <count>",
      "images to train on; a quarter as many more for validation",
    )
      .argParser(wholeNumber(1)),
  );
  add(
    new Option("--set <path=value>", "any key of the configuration, as in train; may be repeated")
      .argParser((word: string, previous: string[] | undefined) => [...(previous ?? []), word]),
  );
}

/**
 * Turns the options into overrides.
 *
 * @param options What the parser found.
 * @returns One override per key.
 * @throws {UsageError} if `--set` is malformed, names no key, or the seed, which `--seeds` sets; if two options contradict
 * each other.
 */
export function compareOverrides(options: CompareOverrideOptions): ConfigOverride[] {
  const overrides: ConfigOverride[] = [];
  const add = (path: string, value: unknown, from: string) => overrides.push({ path, value, from });
  if (options.data !== undefined) add("data.directory", options.data, "--data");
  if (options.backend !== undefined) add("backend", options.backend, "--backend");
  if (options.math !== undefined) add("math", options.math, "--math");
  for (const [name, flags, path] of NUMBER_OPTIONS) {
    if (options[name] !== undefined) add(path, options[name], flags.split(" ")[0]!);
  }
  if (options.trainImages !== undefined) {
    const images = Math.round(options.trainImages / (1 - VALIDATION_FRACTION));
    add("data.images", images, "--train-images");
    add("data.validationFraction", VALIDATION_FRACTION, "--train-images");
  }
  for (const setting of options.set ?? []) {
    const override = readSetting(setting);
    if (override.path === "training.seed") {
      throw new UsageError("Cannot set training.seed: give the seeds with --seeds");
    }
    overrides.push(override);
  }
  refuseContradictions(overrides);
  return overrides;
}

/**
 * Backend and arithmetic as the options name them, `--set` too: trainings are told the same.
 *
 * @param options What the parser found.
 * @returns What to select.
 * @throws {UsageError} if there is no such backend or arithmetic.
 */
export async function computationOf(
  options: CompareOverrideOptions,
): Promise<{ readonly name: BackendChoice; readonly math: MathType }> {
  const { parseConfig } = await import("../lib/configuration/parse_config.ts");
  const overrides = compareOverrides(options)
    .filter(({ path }) => path === "backend" || path === "math");
  const { backend: name, math } = parseConfig("", { source: "the options", overrides });
  return { name, math };
}
