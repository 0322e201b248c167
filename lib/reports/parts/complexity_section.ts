import { depthAnalysisChart, depthChartNames } from "./depth_charts.ts";
import type { DepthAnalysis } from "../../analyses/depth_analysis.ts";
import type { Distribution } from "../../analyses/distribution.ts";
import { countCell, decimalCell, shareCell, textCell } from "../cells.ts";
import { correlationText } from "./correlation_text.ts";
import { trainedChartNames } from "./trained_depth_section.ts";
import type { Cell, ReportBlock, ReportColumn, ReportSection } from "../report_document.ts";

function right(header: string): ReportColumn {
  return { header, align: "right" };
}

function chartBlocks(analysis: DepthAnalysis): ReportBlock[] {
  const ofTrained: readonly string[] = trainedChartNames;
  return depthChartNames.filter((name) => !ofTrained.includes(name)).flatMap((name) => {
    const chart = depthAnalysisChart(analysis, name);
    return chart === null ? [] : [{ kind: "chart" as const, chart }];
  });
}

function classesTable({ classes }: DepthAnalysis): ReportBlock {
  return {
    kind: "table",
    caption: "Complexity by class",
    columns: [
      { header: "class" },
      right("images"),
      right("mean complexity"),
      right("deviation"),
      right("mean depth"),
    ],
    rows: classes.map((row) => [
      textCell(row.className),
      countCell(row.images),
      decimalCell(row.meanComplexity, 2),
      decimalCell(row.deviation, 2),
      decimalCell(row.meanDepth, 2),
    ]),
  };
}

/** Shares below which quantiles are shown. */
const SHOWN_QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95];

function spreadRow(name: string, distribution: Distribution): Cell[] {
  const { mean, deviation, min, max, quantiles } = distribution;
  const at = SHOWN_QUANTILES.map((share) =>
    quantiles.find((quantile) => quantile.share === share)?.value ?? null
  );
  return [
    textCell(name),
    ...[mean, deviation, min, ...at, max].map((value) => decimalCell(value, 2)),
  ];
}

function spreadTable({ rule, complexity, parts }: DepthAnalysis): ReportBlock {
  const quantiles = SHOWN_QUANTILES.map((share) => `${share * 100} %`);
  return {
    kind: "table",
    caption: "Spread of the complexity",
    columns: [
      { header: `measure, ${rule.unit}` },
      ...["mean", "deviation", "least", ...quantiles, "most"].map(right),
    ],
    rows: [
      spreadRow(rule.measure, complexity),
      spreadRow("spatial entropy, bits", parts.spatial),
      spreadRow("spectral entropy, bits", parts.spectral),
    ],
    note: `Correlation of the two entropies: ${correlationText(parts.correlation)}.`,
  };
}

/** Levels say more than depths only where there are several per depth, or one depth for all. */
function levelsTable({ levels, depth }: DepthAnalysis): ReportBlock[] {
  if (levels.length === depth.shares.length) return [];
  return [{
    kind: "table",
    caption: "Images by level",
    columns: ["level", "complexity", "depth", "factor of E", "images", "share"].map(right),
    rows: levels.map((row) => [
      countCell(row.level),
      decimalCell(row.complexity, 2),
      countCell(row.depth),
      decimalCell(row.scale, 3),
      countCell(row.images),
      shareCell(row.share),
    ]),
  }];
}

/**
 * How complexity and depth are spread over the images.
 *
 * @param analysis The document.
 * @returns Charts, the spread of the measure and its parts, levels, classes.
 */
export function complexitySection(analysis: DepthAnalysis): ReportSection {
  return {
    title: "Complexity and depth",
    blocks: [
      ...chartBlocks(analysis),
      spreadTable(analysis),
      ...levelsTable(analysis),
      classesTable(analysis),
    ],
  };
}
