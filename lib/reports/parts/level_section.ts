import type { EvaluationReport, LevelFigures } from "../../evaluation/evaluation_report.ts";
import { countCell, decimalCell, shareCell, workCell } from "../cells.ts";
import type { Chart } from "../chart.ts";
import { chartBlocks } from "../chart_blocks.ts";
import { numbers, tableOf } from "../table.ts";
import type { ReportBlock, ReportSection } from "../report_document.ts";
import type { RunReport } from "../run_report.ts";

/** A share of fewer images is chance: a bar of 100 % would say more than is known. */
const FEW_IMAGES = 20;

/** A level with the work of its network, which the evaluation does not know. */
interface LevelRow extends LevelFigures {
  readonly forward: number | null;
  readonly generation: number | null;
}

function levelRows(report: RunReport): LevelRow[] {
  const works = new Map(report.count?.levels.map((work) => [work.level, work]));
  return (report.evaluation?.figures.levels ?? []).map((level) => {
    const work = works.get(level.level);
    const generation = work === undefined ? null : work.dynamics + work.resizing;
    return { ...level, forward: work?.forward ?? null, generation };
  });
}

/** Whether a depth names one level, so that levels can be called by it. */
function haveOwnDepths(rows: readonly LevelRow[]): boolean {
  return new Set(rows.map(({ depth }) => depth)).size === rows.length;
}

function namesOf(rows: readonly LevelRow[]): string[] {
  const byDepth = haveOwnDepths(rows);
  return rows.map(({ level, depth }) => String(byDepth ? depth : level));
}

function labelOf(rows: readonly LevelRow[]): string {
  return haveOwnDepths(rows) ? "level, named by its depth" : "level";
}

function depthChart(rows: readonly LevelRow[]): Chart {
  const images = new Map<number, number>();
  for (const row of rows) images.set(row.depth, (images.get(row.depth) ?? 0) + row.images);
  const points = [...images].map(([depth, y]) => ({ x: String(depth), y }));
  const most = Math.max(...points.map(({ y }) => y));
  const depths = points.filter(({ y }) => y === most).map(({ x }) => x);
  return {
    title: "Images by depth",
    description: depths.length === 1
      ? `Depth ${depths[0]} has the most images, ${countCell(most).text}.`
      : `Depths ${depths.join(", ")} have the most images, ${countCell(most).text} each.`,
    xLabel: "depth, layers",
    yLabel: "images",
    xScale: "category",
    series: [{ name: "images", mark: "bar", points }],
  };
}

function complexityChart(report: RunReport, rows: readonly LevelRow[]): Chart {
  const bins = report.complexityHistogram;
  const mean = report.evaluation!.figures.meanComplexity.toFixed(2);
  const points = bins === null
    ? rows.map(({ complexity, images }) => ({ x: complexity, y: images }))
    : bins.map(({ from, to, count }) => ({ x: (from + to) / 2, y: count }));
  const [first, ...others] = bins ?? [];
  return {
    title: "Images by complexity",
    description: `Mean ${mean}. ` +
      (first === undefined
        ? "One bar per level."
        : others.length === 0
        ? "It is that of every image."
        : `Every bar is ${Number((first.to - first.from).toPrecision(6))} wide.`),
    xLabel: `complexity (${report.config.model.complexity})`,
    yLabel: "images",
    series: [{ name: "images", mark: "bar", points }],
  };
}

function top1Chart(rows: readonly LevelRow[], overall: number): Chart {
  const names = namesOf(rows);
  const points = rows.map(({ top1, images }, index) => ({
    x: names[index]!,
    y: top1 === null || images < FEW_IMAGES ? null : top1 * 100,
  }));
  const few = rows.filter(({ images }) => images > 0 && images < FEW_IMAGES).length;
  return {
    title: "Top-1 by level",
    description: `Images of all levels together: ${shareCell(overall).text}.` +
      (few === 0 ? "" : ` Levels of fewer than ${FEW_IMAGES} images have no bar.`),
    xLabel: labelOf(rows),
    yLabel: "%",
    xScale: "category",
    series: [{ name: "Top-1", mark: "bar", points }],
  };
}

function workChart(rows: readonly LevelRow[]): Chart {
  const names = namesOf(rows);
  const points = rows.map(({ forward }, index) => ({
    x: names[index]!,
    y: forward === null ? null : forward / 1e6,
  }));
  return {
    title: "Multiply-adds by level",
    description: "Forward pass of one image, without the generation of its kernels.",
    xLabel: labelOf(rows),
    yLabel: "millions per image",
    xScale: "category",
    series: [{ name: "multiply-adds", mark: "bar", points }],
  };
}

/** Levels; the work of their networks where it is known. */
function levelTable(
  rows: readonly LevelRow[],
  { exact, decides }: { readonly exact: boolean; readonly decides: boolean },
): ReportBlock {
  const hasWork = rows.some(({ forward }) => forward !== null);
  return tableOf<LevelRow>(
    "Levels",
    rows,
    [
      numbers("level", ({ level }) => countCell(level)),
      numbers("complexity", ({ complexity }) => decimalCell(complexity, 2)),
      numbers("depth", ({ depth }) => countCell(depth)),
      numbers("images", ({ images }) => countCell(images)),
      numbers("Top-1", ({ top1 }) => shareCell(top1)),
      ...hasWork
        ? [
          numbers<LevelRow>(
            `multiply-adds per image${decides ? " at most" : ""}`,
            ({ forward }) => workCell(forward),
          ),
          numbers<LevelRow>("generation", ({ generation }) => workCell(generation)),
        ]
        : [],
    ],
    "Complexity is the one that stands for the level." +
      (hasWork
        ? ` Generation makes the kernels of a level ${
          exact ? "for every image" : "once, for all its images"
        }.`
        : ""),
  );
}

function routeTable({ routes }: EvaluationReport): ReportBlock[] {
  if (routes.length === 0) return [];
  return [tableOf(
    "Ways through the network",
    routes,
    [
      numbers("way", ({ route }) => countCell(route)),
      numbers("images", ({ share }) => shareCell(share)),
    ],
    "The number of the exit, or of the blocks or loops that were run.",
  )];
}

/**
 * Levels and ways of an evaluation by itself, without the work of its networks.
 *
 * @param figures The evaluation.
 * @returns The tables.
 */
export function levelTables(figures: EvaluationReport): ReportBlock[] {
  const rows = figures.levels.map((level) => ({ ...level, forward: null, generation: null }));
  return [
    levelTable(rows, { exact: false, decides: figures.routes.length > 0 }),
    ...routeTable(figures),
  ];
}

/**
 * Depth, complexity, accuracy and work by level.
 *
 * @param report The run.
 * @returns The section; `null` without an evaluation.
 */
export function levelSection(report: RunReport): ReportSection | null {
  const rows = levelRows(report);
  if (report.evaluation === null || rows.length === 0) return null;
  const { top1, routes } = report.evaluation.figures;
  const hasWork = rows.some(({ forward }) => forward !== null);
  const charts = rows.length > 1
    ? [
      depthChart(rows),
      complexityChart(report, rows),
      top1Chart(rows, top1),
      ...hasWork ? [workChart(rows)] : [],
    ]
    : report.complexityHistogram === null
    ? []
    : [complexityChart(report, rows)];
  return {
    title: "Depth and complexity",
    blocks: [
      ...rows.length > 1 ? [] : [{
        kind: "text" as const,
        paragraphs: ["The model has one level: every image takes the same network."],
      }],
      ...chartBlocks(charts),
      levelTable(rows, { exact: report.evaluation.exact, decides: routes.length > 0 }),
      ...routeTable(report.evaluation.figures),
    ],
  };
}
