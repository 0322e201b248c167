import { thumbnailOf } from "../analyses/thumbnail.ts";
import type { ImageDataset } from "../datasets/dataset.ts";

/** What was said of an evaluated image. */
export interface SeenImage {
  /** Position in the dataset. */
  readonly index: number;
  /** Complexity in the unit of the model's measure. */
  readonly complexity: number;
  /** Layers of the network that it passed. */
  readonly depth: number;
  /** Label of the most probable class. */
  readonly predicted: number;
  /** Its softmax value, 0..1. */
  readonly confidence: number;
}

/** An evaluated image that a report shows. */
export interface ReportPicture {
  /** Position among the test images. */
  readonly index: number;
  /** Its class. */
  readonly className: string;
  /** The class that was given to it. */
  readonly predicted: string;
  /** Softmax value of that class, 0..1. */
  readonly confidence: number;
  /** Complexity in the unit of the model's measure. */
  readonly complexity: number;
  /** Layers of the network that it passed. */
  readonly depth: number;
  /** `data:image/png;base64,...`, 64 pixels at most. */
  readonly source: string;
}

/** A class and what its images are taken for most often. */
export interface TakenFor {
  /** The true class. */
  readonly className: string;
  /** The wrong class that its images are given most often. */
  readonly predicted: string;
  /** How many are. */
  readonly images: number;
  /** Images of the class in all. */
  readonly support: number;
  /** The one that is taken for it with most confidence. */
  readonly picture: ReportPicture;
}

/** Evaluated images that a report shows. */
export interface ReportPictures {
  /** The first images of every depth, shallowest first. */
  readonly byDepth: readonly ReportPicture[];
  /** Wrongly classified images, most confident first. */
  readonly mistakes: readonly ReportPicture[];
  /** Classes by what they are taken for, most frequent first. */
  readonly takenFor: readonly TakenFor[];
}

const SIDE = 64;
const PER_DEPTH = 4;
const MISTAKES = 12;
const CLASSES = 20;

/** The first images of every depth. */
function chooseByDepth(images: readonly SeenImage[]): SeenImage[] {
  const groups = Map.groupBy(images, ({ depth }) => depth);
  return [...groups].sort(([one], [other]) => one - other)
    .flatMap(([, group]) => group.slice(0, PER_DEPTH));
}

/** Of every class the wrong class that is given most often, with the images that are given it. */
function chooseTakenFor(wrong: readonly SeenImage[], labels: ArrayLike<number>): SeenImage[][] {
  return [...Map.groupBy(wrong, ({ index }) => labels[index]!).values()]
    .map((ofClass) => {
      const byPredicted = [...Map.groupBy(ofClass, ({ predicted }) => predicted).values()];
      return byPredicted.reduce((most, group) => group.length > most.length ? group : most);
    })
    .sort((one, other) => other.length - one.length)
    .slice(0, CLASSES);
}

/**
 * Chooses evaluated images for a report: some of every depth, the most confident mistakes, and what every class is taken
 * for. The same images give the same choice.
 *
 * @param dataset The evaluated images.
 * @param seen What was said of them, in any order.
 * @returns The pictures with small copies of their pixels.
 */
export async function choosePictures(
  dataset: ImageDataset,
  seen: readonly SeenImage[],
): Promise<ReportPictures> {
  const { labels, classNames } = dataset;
  const images = [...seen].sort((one, other) => one.index - other.index);
  const wrong = images.filter(({ index, predicted }) => predicted !== labels[index])
    .sort((one, other) => other.confidence - one.confidence || one.index - other.index);
  const support = Map.groupBy(images, ({ index }) => labels[index]!);
  const picture = async ({ predicted, ...image }: SeenImage): Promise<ReportPicture> => ({
    ...image,
    className: classNames[labels[image.index]!]!,
    predicted: classNames[predicted]!,
    source: await thumbnailOf(dataset, image.index, SIDE),
  });
  const all = async (chosen: readonly SeenImage[]) => {
    const pictures: ReportPicture[] = [];
    for (const image of chosen) pictures.push(await picture(image));
    return pictures;
  };
  const takenFor: TakenFor[] = [];
  for (const group of chooseTakenFor(wrong, labels)) {
    // Sorted by confidence before they were grouped.
    const shown = await picture(group[0]!);
    const { className, predicted } = shown;
    const all = support.get(labels[shown.index]!)!.length;
    takenFor.push({ className, predicted, images: group.length, support: all, picture: shown });
  }
  return {
    byDepth: await all(chooseByDepth(images)),
    mistakes: await all(wrong.slice(0, MISTAKES)),
    takenFor,
  };
}
