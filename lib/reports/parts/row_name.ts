import type { ComparisonRow } from "../../paper/comparison.ts";
import { nameOfPath } from "./name_of_path.ts";

function plainName({ name, variant }: ComparisonRow): string {
  return variant === null ? name : `${name}, ${variant}`;
}

/**
 * The folders of a row's runs.
 *
 * @param row The row.
 * @returns The last part of every path: what people call a run.
 */
export function runNames({ runs }: ComparisonRow): string[] {
  return runs.map(({ runDirectory }) => nameOfPath(runDirectory));
}

/**
 * The name of a row. Runs of one model with other settings are named by their folders as well, or numbered where these
 * do not tell them apart; a chart would take them for one.
 *
 * @param row The row.
 * @param rows All rows of its comparison.
 * @returns `VGG, Fixed-CNN`, `Puppet-CNN (wide)`, `puppet-cnn #2`.
 */
export function rowName(row: ComparisonRow, rows: readonly ComparisonRow[]): string {
  const name = plainName(row);
  const alike = rows.filter((other) => plainName(other) === name);
  if (alike.length === 1) return name;
  const folders = alike.map((other) => runNames(other).join(", "));
  const folder = folders[alike.indexOf(row)]!;
  const isTelling = folder !== "" && folders.filter((other) => other === folder).length === 1;
  return isTelling ? `${name} (${folder})` : `${name} #${alike.indexOf(row) + 1}`;
}
