import type { Comparison, ComparisonRow } from "../../paper/comparison.ts";
import { tellingNames } from "./name_of_path.ts";

function plainName({ name, variant }: ComparisonRow): string {
  return variant === null ? name : `${name}, ${variant}`;
}

/** What the folders of each row's runs are called. */
function folderNames(rows: readonly ComparisonRow[]): string[] {
  const names = tellingNames(rows.flatMap(({ runs }) => runs.map((run) => run.runDirectory)));
  let at = 0;
  return rows.map(({ runs }) => names.slice(at, at += runs.length).join(", "));
}

/**
 * The names of rows. Runs of one's own are called by their folders, by as much of the path as tells them apart. Runs of one
 * model with other settings are named by their folders as well, or numbered where there are none; a chart would take them
 * for one.
 *
 * @param rows All rows of a comparison.
 * @param mode Of the comparison: `runs` for the user's own runs.
 * @returns One name each: `VGG, Fixed-CNN`, `Puppet-CNN (wide)`, `puppet-cnn #2`.
 */
export function rowNames(rows: readonly ComparisonRow[], mode?: Comparison["mode"]): string[] {
  const own = mode === "runs" ? folderNames(rows) : [];
  if (rows.length > 0 && new Set(own).size === rows.length && !own.includes("")) return own;
  const groups = Map.groupBy(rows.keys(), (at) => plainName(rows[at]!));
  const names = new Array<string>(rows.length);
  for (const [name, places] of groups) {
    const folders = folderNames(places.map((at) => rows[at]!));
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
