import { suggestImageSize } from "../datasets/suggest_image_size.ts";
import type { ConfigOverride } from "../configuration/config_words.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";

/** Sizes that were chosen where nothing was said. */
export interface SuggestedSizes {
  /** The keys with their values; none where nothing was chosen. */
  readonly overrides: readonly ConfigOverride[];
  /** What was chosen, in words. */
  readonly choices: readonly string[];
}

/**
 * Chooses the size of a folder's images by what is in it, where nothing is said.
 *
 * @param config The configuration so far.
 * @param given Paths of the keys that were given.
 * @returns The sizes.
 */
export async function suggestSizes(
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
