import { z } from "zod";
import { type KeyMeta, oneOf } from "./config_values.ts";
import { dataKeys } from "./data_keys.ts";
import { withDerivedDefaults } from "./derived_defaults.ts";
import { modelKeys } from "./model_keys.ts";
import { trainingKeys } from "./training_keys.ts";
import type { BackendName, MathType } from "../backends/backend.ts";
import type { DataConfig } from "../datasets/data_config.ts";
import type { ModelConfig } from "../models/model_config.ts";
import type { TrainingConfig } from "../training/training_config.ts";

/** Everything that fixes an experiment. */
export interface ExperimentConfig {
  /** Which images. */
  readonly data: DataConfig;
  /** Which model. */
  readonly model: ModelConfig;
  /** How it is trained. */
  readonly training: TrainingConfig;
  /** What computes; `auto` takes the first backend that works here. */
  readonly backend: "auto" | BackendName;
  /** Numbers that convolutions and large matrix products are computed with. */
  readonly math: MathType;
}

const backendKey = oneOf(["auto", "tensorflow", "webgpu", "wasm", "cpu"], {
  description: "numerical backend; auto takes the first that works here",
  default: "auto",
  option: "--backend <name>",
  mayChange: true,
  isPlace: true,
});

const mathKey = oneOf(["float32", "bfloat16"], {
  description:
    "numbers that convolutions and matrix products are computed with; bfloat16 needs backend tensorflow",
  default: "float32",
  option: "--math <type>",
  isLater: true,
});

/** The schema of a configuration: strict, and every key has a default. */
const experimentSchema = z.strictObject({
  data: z.strictObject(dataKeys).prefault({}),
  model: z.strictObject(modelKeys).prefault({}),
  training: z.strictObject(trainingKeys).prefault({}),
  backend: backendKey,
  math: mathKey,
});

// Does not compile when the schema and the interfaces that the library uses drift apart: this line is
// one direction, the return of completeConfig() the other.
void ((config: ExperimentConfig): z.output<typeof experimentSchema> => config);

/** A key of the configuration, with what a person has to know about it: a row of the table. */
export interface ConfigKey extends KeyMeta {
  /** Section and name: `model.maxChannels`; the keys `backend` and `math` have no section. */
  readonly path: string;
  /** Whether a value has the right type and range. */
  readonly accepts: (value: unknown) => boolean;
}

function rowOf(path: string, schema: z.ZodType): ConfigKey {
  return {
    // Made by the functions of config_values.ts, which give every schema its texts.
    ...schema.meta() as unknown as KeyMeta,
    path,
    accepts: (value) => value !== undefined && schema.safeParse(value).success,
  };
}

function describeSection(section: string, keys: Readonly<Record<string, z.ZodType>>): ConfigKey[] {
  return Object.entries(keys).map(([name, schema]) => rowOf(`${section}.${name}`, schema));
}

/** Every key of the configuration, in the order in which it is written. */
export const CONFIG_KEYS: readonly ConfigKey[] = [
  ...describeSection("data", dataKeys),
  ...describeSection("model", modelKeys),
  ...describeSection("training", trainingKeys),
  rowOf("backend", backendKey),
  rowOf("math", mathKey),
];

/**
 * Fills a configuration with the defaults and gives it its type. The input's keys and values must have been
 * checked (see `parseConfig`, whose messages are made for people).
 *
 * @param input A plain object; sections and keys may be missing.
 * @returns The complete configuration.
 * @throws {z.ZodError} if a key is unknown or a value is not allowed.
 */
export function completeConfig(input: unknown): ExperimentConfig {
  return experimentSchema.parse(withDerivedDefaults(input));
}

/**
 * The configuration that nothing was said about: the protocol of the paper on 10,000 CIFAR-10 images.
 *
 * @returns The defaults.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(defaultConfig().model.maxChannels, 512);
 * assert.equal(defaultConfig().training.epochs, 100);
 * ```
 */
export function defaultConfig(): ExperimentConfig {
  return completeConfig({});
}
