import type { ImageTable } from "../../analyses/image_table.ts";
import type { CsvRecord } from "./csv_record.ts";

/**
 * What is known of every image of a depth analysis: one record per image.
 *
 * @param images The columns.
 * @returns Raw numbers; those of a trained model only where there is one.
 */
export function imageRecords(images: ImageTable): CsvRecord[] {
  const { trained, classNames } = images;
  return Array.from(images.labels, (label, index): CsvRecord => ({
    index,
    class: classNames[label]!,
    complexity: images.complexity[index]!,
    spatial_entropy: images.spatialEntropy[index]!,
    spectral_entropy: images.spectralEntropy[index]!,
    depth: images.depth[index]!,
    level: images.level[index]!,
    ...trained === null ? {} : {
      predicted: classNames[trained.predicted[index]!]!,
      right: trained.right[index]!,
      confidence: trained.confidence[index]!,
      loss: trained.loss[index]!,
      multiply_adds: trained.multiplyAdds[index]!,
    },
  }));
}
