import type { ComparisonRow } from "../../experiments/comparison/comparison.ts";

function plainName({ name, variant }: ComparisonRow): string {
  return variant === null ? name : `${name}, ${variant}`;
}

/**
 * The name of a row. Runs of one model with other settings are numbered, or a chart would take them for one.
 *
 * @param row The row.
 * @param rows All rows of its comparison.
 * @returns `VGG, Fixed-CNN`, `puppet-cnn #2`.
 */
export function rowName(row: ComparisonRow, rows: readonly ComparisonRow[]): string {
  const name = plainName(row);
  const alike = rows.filter((other) => plainName(other) === name);
  return alike.length > 1 ? `${name} #${alike.indexOf(row) + 1}` : name;
}
