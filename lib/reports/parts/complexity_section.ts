import { depthAnalysisChart, depthChartNames } from "./depth_charts.ts";
import type { DepthAnalysis, LevelShare } from "../../analyses/depth_analysis.ts";
import type { Distribution } from "../../analyses/distribution.ts";
import { countCell, decimalCell, depthCell, shareCell, textCell } from "../cells.ts";
import { chartBlocks } from "../chart_blocks.ts";
import { numbers, tableOf, words } from "../table.ts";
import { correlationText } from "./correlation_text.ts";
import { trainedChartNames } from "./trained_depth_section.ts";
import type { ReportBlock, ReportSection } from "../report_document.ts";

function complexityCharts(analysis: DepthAnalysis): ReportBlock[] {
  const ofTrained: readonly string[] = trainedChartNames;
  const names = depthChartNames.filter((name) => !ofTrained.includes(name));
  return chartBlocks(names.map((name) => depthAnalysisChart(analysis, name)));
}

function classesTable({ classes, work }: DepthAnalysis): ReportBlock {
  return tableOf("Complexity by class", classes, [
    words("class", ({ className }) => textCell(className)),
    numbers("images", ({ images }) => countCell(images)),
    numbers("mean complexity", ({ meanComplexity }) => decimalCell(meanComplexity, 2)),
    numbers("deviation", ({ deviation }) => decimalCell(deviation, 2)),
    numbers("mean depth", ({ meanDepth }) => depthCell(meanDepth, work.decides)),
  ]);
}

/** Shares below which quantiles are shown. */
const SHOWN_QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95];

function spreadTable({ rule, complexity, parts }: DepthAnalysis): ReportBlock {
  const measures: readonly (readonly [string, Distribution])[] = [
    [rule.measure, complexity],
    ["spatial entropy, bits", parts.spatial],
    ["spectral entropy, bits", parts.spectral],
  ];
  const figure = (header: string, read: (distribution: Distribution) => number | null) =>
    numbers<typeof measures[number]>(header, ([, spread]) => decimalCell(read(spread), 2));
  return tableOf(
    "Spread of the complexity",
    measures,
    [
      words(`measure, ${rule.unit}`, ([name]) => textCell(name)),
      figure("mean", ({ mean }) => mean),
      figure("deviation", ({ deviation }) => deviation),
      figure("least", ({ min }) => min),
      ...SHOWN_QUANTILES.map((share) =>
        figure(`${share * 100} %`, ({ quantiles }) => {
          return quantiles.find((quantile) => quantile.share === share)?.value ?? null;
        })
      ),
      figure("most", ({ max }) => max),
    ],
    `Correlation of the two entropies: ${correlationText(parts.correlation)}.`,
  );
}

/** Levels say more than depths only where there are several per depth, or one depth for all. */
function levelsTable({ levels, depth }: DepthAnalysis): ReportBlock[] {
  if (levels.length === depth.shares.length) return [];
  return [tableOf<LevelShare>("Images by level", levels, [
    numbers("level", ({ level }) => countCell(level)),
    numbers("complexity", ({ complexity }) => decimalCell(complexity, 2)),
    numbers("depth", ({ depth }) => countCell(depth)),
    numbers("factor of E", ({ scale }) => decimalCell(scale, 3)),
    numbers("images", ({ images }) => countCell(images)),
    numbers("share", ({ share }) => shareCell(share)),
  ])];
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
      ...complexityCharts(analysis),
      spreadTable(analysis),
      ...levelsTable(analysis),
      classesTable(analysis),
    ],
  };
}
