import type { SettingResult } from "../../sweeps/results_by_setting.ts";
import { configCell } from "../cells.ts";
import type { Chart, ChartSeries } from "../chart.ts";

/** What trainings of a sweep are called by. */
type Named = Pick<SettingResult, "name" | "settings">;

/** From this ratio of the largest number to the smallest on, an axis is logarithmic: rates are swept by factors. */
const WIDE = 20;

/**
 * The keys that tell the trainings of a sweep apart.
 *
 * @param rows The trainings.
 * @returns Paths with more than one value, in the order of the plan.
 */
export function sweptPaths(rows: readonly Named[]): string[] {
  return [...new Set(rows.flatMap(({ settings }) => Object.keys(settings)))].filter((path) =>
    new Set(rows.map(({ settings }) => JSON.stringify(settings[path]))).size > 1
  );
}

/** The swept key that makes a line: all its values are numbers, and it has the most. */
function numericPath(results: readonly SettingResult[], paths: readonly string[]): string | null {
  const counted = paths
    .map((path) => ({ path, values: results.map(({ settings }) => settings[path]) }))
    .filter(({ values }) => values.every((value) => typeof value === "number"))
    .map(({ path, values }) => ({ path, count: new Set(values).size }))
    .sort((one, other) => other.count - one.count);
  return counted[0]?.path ?? null;
}

function lastWord(path: string): string {
  return path.split(".").at(-1)!;
}

/** A line for every choice of the other keys. */
function linesOver(
  results: readonly SettingResult[],
  axis: string,
  paths: readonly string[],
): ChartSeries[] {
  const isNamed = new Set(results.map(({ name }) => name)).size > 1;
  const nameOf = ({ name, settings }: SettingResult) =>
    [
      ...isNamed ? [name] : [],
      ...paths.filter((path) => path !== axis)
        .map((path) => `${lastWord(path)}=${configCell(settings[path]).text}`),
    ].join(", ");
  return [...Map.groupBy(results, nameOf)].map(([name, own]) => ({
    name: name === "" ? "validation" : name,
    points: own
      .map(({ settings, validationTop1 }) => ({
        x: Number(settings[axis]),
        y: validationTop1! * 100,
      }))
      .sort((one, other) => one.x - other.x),
  }));
}

/**
 * Validation Top-1 of the settings of a sweep: over the key with the most numbers, a line for each choice of the others;
 * without such a key a bar for each setting.
 *
 * @param results The results by setting.
 * @param texts What the settings are called.
 * @returns The chart; `null` as long as fewer than two settings have a figure.
 */
export function sweepChart(
  results: readonly SettingResult[],
  texts: readonly string[],
): Chart | null {
  const isDone = ({ validationTop1 }: SettingResult) => validationTop1 !== null;
  const done = results.filter(isDone);
  if (done.length < 2) return null;
  const paths = sweptPaths(results);
  const axis = numericPath(results, paths);
  const head = {
    title: "Validation Top-1",
    description: "Mean over the seeds that are done, by setting.",
    yLabel: "%",
  };
  if (axis === null) {
    const points = results.flatMap((result, at) =>
      isDone(result) ? [{ x: texts[at]!, y: result.validationTop1! * 100 }] : []
    );
    const series: ChartSeries[] = [{ name: "validation", mark: "bar", points }];
    return { ...head, xLabel: "", xScale: "category", series };
  }
  const values = done.map(({ settings }) => Number(settings[axis]));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return {
    ...head,
    xLabel: lastWord(axis),
    xScale: least > 0 && most / least >= WIDE ? "log" : "linear",
    series: linesOver(done, axis, paths),
  };
}
