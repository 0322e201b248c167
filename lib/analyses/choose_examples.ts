import { thumbnailOf } from "./thumbnail.ts";
import type { ImageDataset } from "../datasets/dataset.ts";
import type { ExampleImage } from "./depth_analysis.ts";
import type { ImageTable } from "./image_table.ts";

/** Places on the complexity axis that examples stand for. */
const PLACES = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1] as const;

/** Longest side of a thumbnail in pixels: a page of examples must not hold megabytes. */
const THUMBNAIL_SIDE = 96;

/** Which examples are chosen. */
export interface ChooseExamplesOptions {
  /** Examples per place, >= 0. */
  readonly perPlace: number;
  /** With the pixels, as PNG in a data URI. */
  readonly thumbnails: boolean;
}

/** Ranks of neighbours around a place, none twice. */
function chooseRanks(
  images: number,
  perPlace: number,
): { readonly rank: number; readonly place: number }[] {
  const taken = new Set<number>();
  return PLACES.flatMap((place) => {
    const centre = Math.round(place * (images - 1)) - Math.floor((perPlace - 1) / 2);
    const first = Math.max(0, Math.min(centre, images - perPlace));
    const ranks = Array.from({ length: Math.min(perPlace, images) }, (_, index) => first + index);
    return ranks.flatMap((rank) => {
      if (taken.has(rank)) return [];
      taken.add(rank);
      return [{ rank, place }];
    });
  }).sort((left, right) => left.rank - right.rank);
}

/**
 * Chooses images along the complexity axis: the least complex ones, those at each quantile, the most complex ones. Equal
 * complexities are ordered by index, so that the choice is always the same.
 *
 * @param dataset The images.
 * @param table What was measured on them.
 * @param options How many, and whether with pixels.
 * @returns The examples, least complex first.
 */
export async function chooseExamples(
  dataset: ImageDataset,
  table: ImageTable,
  options: ChooseExamplesOptions,
): Promise<ExampleImage[]> {
  const { complexity } = table;
  const order = Uint32Array.from(complexity, (_, index) => index)
    .sort((left, right) => complexity[left]! - complexity[right]! || left - right);
  const examples: ExampleImage[] = [];
  for (const { rank, place } of chooseRanks(order.length, options.perPlace)) {
    const index = order[rank]!;
    examples.push({
      place,
      share: order.length === 1 ? 0 : rank / (order.length - 1),
      index,
      className: table.classNames[table.labels[index]!]!,
      complexity: complexity[index]!,
      spatialEntropy: table.spatialEntropy[index]!,
      spectralEntropy: table.spectralEntropy[index]!,
      depth: table.depth[index]!,
      thumbnail: options.thumbnails ? await thumbnailOf(dataset, index, THUMBNAIL_SIDE) : null,
    });
  }
  return examples;
}
