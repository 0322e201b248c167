import type { Comparison } from "../../paper/comparison.ts";
import { type Chart, SMOKE_WATERMARK } from "../chart.ts";
import { tellingNames } from "./name_of_path.ts";
import { countOf } from "../../count_of.ts";

/** What stands inside the charts of figures that are no result. */
function watermarkOf({ mode }: Comparison): Pick<Chart, "watermark"> {
  return mode === "smoke" ? { watermark: SMOKE_WATERMARK } : {};
}

function top1Chart(comparison: Comparison, names: readonly string[]): Chart | null {
  const { rows } = comparison;
  const ours = rows.map(({ top1 }, at) => ({
    x: names[at]!,
    y: top1 === null ? null : top1.mean * 100,
  }));
  const paper = rows.map((row, at) => ({ x: names[at]!, y: row.paper?.top1 ?? null }));
  if (![...ours, ...paper].some(({ y }) => y !== null)) return null;
  const found = `${ours.filter(({ y }) => y !== null).length} of ${countOf(rows.length, "row")}`;
  const isPrinted = paper.some(({ y }) => y !== null);
  const besides = isPrinted ? "; beside it what the paper prints" : "";
  return {
    title: "Top-1",
    description: `Ours, mean over the seeds, for ${found}${besides}.`,
    xLabel: "",
    yLabel: "%",
    xScale: "category",
    ...watermarkOf(comparison),
    series: [
      { name: "this toolkit", mark: "bar", points: ours },
      ...isPrinted ? [{ name: "the paper", mark: "bar" as const, points: paper }] : [],
    ],
  };
}

/** More lines than markers are a thicket. */
const MOST_CURVES = 12;

/** How the user's own runs came to where they are. */
function validationChart({ rows, mode }: Comparison): Chart | null {
  const runs = rows.flatMap((row) => row.runs);
  const found = runs.filter(({ validations }) => (validations?.length ?? 0) > 1);
  if (mode !== "runs" || found.length === 0 || found.length > MOST_CURVES) return null;
  const names = tellingNames(found.map(({ runDirectory }) => runDirectory));
  const series = found.map(({ validations }, at) => ({
    name: names[at]!,
    points: validations!.map(({ epoch, top1 }) => ({ x: epoch, y: top1 * 100 })),
  }));
  // One line has no legend; whose it is goes without saying only where there is one run.
  const only = series.length === 1 && runs.length > 1 ? ` The line is that of ${names[0]}.` : "";
  const others = runs.length - found.length;
  const leftOut = others === 0
    ? ""
    : ` ${countOf(others, "run")} with fewer than two validations left out.`;
  return {
    title: "Validation Top-1",
    description:
      `After each validated epoch, on the images that each run held out.${only}${leftOut}`,
    xLabel: "epoch",
    yLabel: "%",
    series,
  };
}

/** Accuracy against size: what the paper's models are about. */
function sizeChart(comparison: Comparison, names: readonly string[]): Chart | null {
  const series = comparison.rows.flatMap((row, at) =>
    row.top1 === null ? [] : [{
      name: names[at]!,
      mark: "point" as const,
      points: [{ x: row.countedRun.storedMegabytes, y: row.top1.mean * 100 }],
    }]
  );
  if (series.length < 2) return null;
  return {
    title: "Top-1 against size",
    description: "Everything that the model stores, and the mean over the seeds.",
    xLabel: "stored, MB",
    yLabel: "%",
    xScale: "log",
    ...watermarkOf(comparison),
    series,
  };
}

/**
 * The charts of a comparison.
 *
 * @param comparison The comparison.
 * @param names Names of its rows.
 * @returns Top-1, Top-1 against size, and of the user's own runs the way there; `null` where there is nothing to draw.
 */
export function comparisonCharts(
  comparison: Comparison,
  names: readonly string[],
): readonly (Chart | null)[] {
  return [
    top1Chart(comparison, names),
    sizeChart(comparison, names),
    validationChart(comparison),
  ];
}
