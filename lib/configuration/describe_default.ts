import { complexityMeasureNames } from "../complexity/measure_registry.ts";
import { dataKeys } from "./data_keys.ts";
import { completeConfig, type ConfigKey } from "./experiment_config.ts";
import { configEntries } from "./config_words.ts";

/** Default values by path, of configurations that name one thing each. */
type Defaults = readonly (readonly [name: string, values: ReadonlyMap<string, unknown>])[];

function defaultsOf(names: readonly string[], configOf: (name: string) => unknown): Defaults {
  return names.map((name) => [name, new Map(configEntries(completeConfig(configOf(name))))]);
}

let known: { readonly datasets: Defaults; readonly measures: Defaults } | null = null;

function knownDefaults() {
  return known ??= {
    datasets: defaultsOf(dataKeys.dataset.unwrap().options, (dataset) => ({ data: { dataset } })),
    measures: defaultsOf(complexityMeasureNames, (complexity) => ({ model: { complexity } })),
  };
}

/** A value as an option takes it. */
function wordOf(key: ConfigKey, value: unknown): string {
  if (value === null) return key.orNull?.[0] ?? "null";
  return typeof value === "number" && !Number.isInteger(value) && Math.abs(value) > 1e-3
    ? String(Number(value.toPrecision(4)))
    : String(value);
}

/**
 * Says what a key is where it is not given: the same everywhere, or what follows from the dataset or the complexity measure.
 *
 * @param key The key.
 * @returns Words: `64`, or `10000 for cifar10, else all`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { CONFIG_KEYS } from "./experiment_config.ts";
 *
 * const images = CONFIG_KEYS.find(({ path }) => path === "data.images")!;
 * assert.equal(describeDefault(images), "10000 for cifar10, else all");
 * ```
 */
export function describeDefault(key: ConfigKey): string {
  const own = wordOf(key, key.default);
  // A dataset and a measure do not follow from themselves.
  if (key.path === "data.dataset" || key.path === "model.complexity") return own;
  const { datasets, measures } = knownDefaults();
  const valueOf = (values: ReadonlyMap<string, unknown>) => wordOf(key, values.get(key.path));
  const byDataset = Map.groupBy(datasets, ([, values]) => valueOf(values));
  const others = [...byDataset].filter(([value]) => value !== own);
  const [first] = others;
  if (first !== undefined && others.length === 1 && byDataset.get(own)?.length === 1) {
    return `${own} for ${byDataset.get(own)![0]![0]}, else ${first[0]}`;
  }
  if (first !== undefined) {
    const exceptions = others.map(([value, group]) =>
      `${value} for ${group.map(([name]) => name).join(", ")}`
    );
    return [own, ...exceptions].join("; ");
  }
  const isByMeasure = measures.some(([, values]) => valueOf(values) !== own);
  return isByMeasure ? `${own} with entropy, else by the measure` : own;
}
