import type { ImageTable } from "../lib/analyses/image_table.ts";
import { renderCsv } from "./table_formats.ts";

const HEADERS = [
  ...["index", "class", "complexity", "spatial_entropy", "spectral_entropy", "depth", "level"],
];
const TRAINED_HEADERS = ["predicted", "right", "confidence", "loss", "multiply_adds"];

/**
 * Writes what is known of every image as CSV, one row per image.
 *
 * @param images The columns.
 * @returns Lines without a trailing line end; the columns of a trained model only where there is one.
 */
export function depthAnalysisCsv(images: ImageTable): string {
  const { trained, classNames } = images;
  const rows = Array.from(images.labels, (label, index) => [
    ...[index, classNames[label]!, images.complexity[index]!],
    ...[images.spatialEntropy[index]!, images.spectralEntropy[index]!],
    ...[images.depth[index]!, images.level[index]!],
    ...trained === null ? [] : [
      ...[classNames[trained.predicted[index]!]!, trained.right[index]!],
      ...[trained.confidence[index]!, trained.loss[index]!, trained.multiplyAdds[index]!],
    ],
  ]);
  return renderCsv(trained === null ? HEADERS : [...HEADERS, ...TRAINED_HEADERS], rows);
}
