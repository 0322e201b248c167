import type { ExperimentConfig } from "../lib/configuration/experiment_config.ts";
import { idleSettings, type KnownImages } from "../lib/configuration/idle_settings.ts";
import type { ConfigOverride } from "../lib/configuration/config_words.ts";
import { DataError } from "../lib/errors.ts";
import { describePathFailure } from "../lib/files/path_failure.ts";

/** Looks into a folder of images; what is wrong with it is said when the images are loaded. */
async function lookAt(directory: string): Promise<KnownImages> {
  const { readFolderLayout } = await import("../lib/datasets/folder_layout.ts");
  try {
    return { hasOwnValidation: (await readFolderLayout(directory)).validation !== null };
  } catch (error) {
    if (!(error instanceof DataError) && describePathFailure(error) === null) throw error;
    return { hasOwnValidation: false };
  }
}

/** What is known of the images of configurations, where one of the options asks for it. */
async function knowImages(
  configs: readonly ExperimentConfig[],
  overrides: readonly ConfigOverride[],
): Promise<ReadonlyMap<string, KnownImages>> {
  const known = new Map<string, KnownImages>();
  if (overrides.every(({ path }) => path !== "data.validationFraction")) return known;
  for (const { data: { dataset, directory } } of configs) {
    if (dataset !== "folder" || known.has(directory)) continue;
    known.set(directory, await lookAt(directory));
  }
  return known;
}

/**
 * Says which of the options that were given make no difference; what stands in a file or a preset is left alone.
 *
 * @param configs The configurations with the options in them: an option that makes a difference to one of them does
 *   something. At least one.
 * @param overrides The options.
 * @returns One line per reason; empty if every option does something.
 */
export async function remarksOnIdleOptions(
  configs: readonly [ExperimentConfig, ...ExperimentConfig[]],
  overrides: readonly ConfigOverride[],
): Promise<string[]> {
  const known = await knowImages(configs, overrides);
  const [first, ...others] = configs.map((config) => {
    const { dataset, directory } = config.data;
    const idle = idleSettings(config, dataset === "folder" ? known.get(directory) : undefined);
    return new Map(idle.map(({ path, reason }) => [path, reason]));
  });
  const reasons = new Map([...first!].filter(([path]) => others.every((idle) => idle.has(path))));
  // `--depth` sets two keys: it does something if one of them does.
  const spelled = Map.groupBy(
    overrides,
    ({ from, path }) => from === "--set" ? path : from ?? path,
  );
  const idle = [...spelled].filter(([, keys]) => keys.every(({ path }) => reasons.has(path)));
  const byReason = Map.groupBy(idle, ([, keys]) => reasons.get(keys[0]!.path)!);
  return [...byReason].map(([reason, options]) => {
    const names = options.map(([name]) => name).join(", ");
    return `remark: ${names} ${
      options.length === 1 ? "makes" : "make"
    } no difference here: ${reason}`;
  });
}
