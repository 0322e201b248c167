import { givenKeys, parseConfig } from "../configuration/parse_config.ts";
import { imageSideOf } from "../datasets/data_config.ts";
import { suggestImageSize } from "../datasets/suggest_image_size.ts";
import { readRunConfig } from "./run_config_file.ts";
import type { ConfigOverride } from "../configuration/config_words.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";

/** What is said of a training; what is not said has its default. */
export interface ConfigRequest {
  /**
   * A configuration file.
   *
   * @default none
   */
  readonly text?: string;
  /** What messages call it, or who else asks. */
  readonly source: string;
  /** Keys by themselves, which win over the file. */
  readonly overrides: readonly ConfigOverride[];
  /**
   * What both change: the configuration of a preset.
   *
   * @default the defaults of all keys, or of the weights
   */
  readonly base?: ExperimentConfig;
  /** Run or model to begin with: its model and the size of its images are the defaults where there is no base. */
  readonly weights?: string | undefined;
}

/** A configuration that is complete. */
export interface DecidedConfig {
  /** With all keys. */
  readonly config: ExperimentConfig;
  /** What was chosen where nothing was said, in words. */
  readonly choices: readonly string[];
}

/**
 * Makes the configuration of a training complete: with defaults, and with sizes that suit the images of a folder.
 *
 * @param request What is said.
 * @returns The configuration.
 * @throws {UsageError} if a key or value is unknown or wrong.
 * @throws {CheckpointError} if the weights are of no run.
 */
export async function decideConfig(request: ConfigRequest): Promise<DecidedConfig> {
  const { text = "", source, overrides, base, weights } = request;
  const defaults = weights === undefined || base !== undefined
    ? {}
    : await defaultsForWeights(weights);
  const parts = { source, defaults, ...(base === undefined ? {} : { base }) };
  const asked = parseConfig(text, { ...parts, overrides });
  const given = new Set([
    ...[text, JSON.stringify(defaults)].flatMap((yaml) => [...givenKeys(yaml)]),
    ...overrides.map(({ path }) => path),
  ]);
  const { overrides: sizes, choices } = await suggestSizes(asked, given);
  const config = parseConfig(text, { ...parts, overrides: [...overrides, ...sizes] });
  return { config, choices };
}

/** What weights fit into where nothing else is said: their own model, and images of its size. */
async function defaultsForWeights(
  runDirectory: string,
): Promise<Readonly<Record<string, unknown>>> {
  const { model, data } = await readRunConfig(runDirectory);
  return { model, data: { imageSize: imageSideOf(data) } };
}

/** Sizes that were chosen where nothing was said. */
interface SuggestedSizes {
  /** The keys with their values; none where nothing was chosen. */
  readonly overrides: readonly ConfigOverride[];
  /** What was chosen, in words. */
  readonly choices: readonly string[];
}

/** Chooses the size of a folder's images by what is in it, where nothing is said. */
async function suggestSizes(
  { data }: ExperimentConfig,
  given: ReadonlySet<string>,
): Promise<SuggestedSizes> {
  const nothing = { overrides: [], choices: [] };
  if (data.dataset !== "folder" || given.has("data.imageSize")) return nothing;
  const size = await suggestImageSize(data.directory);
  if (size === null) return nothing;
  const { imageSize, medianSide } = size;
  const resizeTo = given.has("data.resizeTo") ? data.resizeTo : size.resizeTo;
  const values = { "data.imageSize": imageSize, "data.resizeTo": resizeTo };
  const cut = resizeTo === null ? "" : `, cut out of ${resizeTo} x ${resizeTo}`;
  return {
    overrides: Object.entries(values).map(([path, value]) => ({ path, value })),
    choices: [
      `images: ${imageSize} x ${imageSize} pixels${cut}; the pictures' shorter sides have ${medianSide} in the median ` +
      "(--image-size, --resize-to)",
    ],
  };
}
