import type { Comparison, ComparisonRow } from "../../paper/comparison.ts";
import { nameOfPath } from "./name_of_path.ts";

function plainName({ name, variant }: ComparisonRow): string {
  return variant === null ? name : `${name}, ${variant}`;
}

/** The folders of a row's runs. */
function runNames({ runs }: ComparisonRow): string[] {
  return runs.map(({ runDirectory }) => nameOfPath(runDirectory));
}

/**
 * The names of rows. Runs of one's own are called by their folders where these tell them apart. Runs of one model with other settings are named by their folders as well, or numbered where these do
 * not tell them apart; a chart would take them for one.
 *
 * @param rows All rows of a comparison.
 * @param mode Of the comparison: `runs` for the user's own runs.
 * @returns One name each: `VGG, Fixed-CNN`, `Puppet-CNN (wide)`, `puppet-cnn #2`.
 */
export function rowNames(rows: readonly ComparisonRow[], mode?: Comparison["mode"]): string[] {
  const own = mode === "runs" ? rows.map((row) => runNames(row).join(", ")) : [];
  if (rows.length > 0 && new Set(own).size === rows.length && !own.includes("")) return own;
  const groups = Map.groupBy(rows.keys(), (at) => plainName(rows[at]!));
  const names = new Array<string>(rows.length);
  for (const [name, places] of groups) {
    const folders = places.map((at) => runNames(rows[at]!).join(", "));
    const times = Map.groupBy(folders, (folder) => folder);
    for (const [index, at] of places.entries()) {
      const folder = folders[index]!;
      const isTelling = folder !== "" && times.get(folder)!.length === 1;
      names[at] = places.length === 1
        ? name
        : isTelling
        ? `${name} (${folder})`
        : `${name} #${index + 1}`;
    }
  }
  return names;
}
