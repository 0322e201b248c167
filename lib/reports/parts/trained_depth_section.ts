import { depthAnalysisChart } from "./depth_charts.ts";
import type {
  DepthAnalysis,
  FixedLevel,
  FixedLevels,
  TrainedAnalysis,
  TrainedFigures,
} from "../../analyses/depth_analysis.ts";
import { countCell, decimalCell, shareCell, workCell } from "../cells.ts";
import { correlationText } from "./correlation_text.ts";
import type { Cell, ReportBlock, ReportColumn, ReportSection } from "../report_document.ts";

/** Charts that stand with the trained model. */
export const trainedChartNames = ["accuracy", "tenths"] as const;

function right(header: string): ReportColumn {
  return { header, align: "right" };
}

const FIGURE_COLUMNS = ["images", "Top-1", "confidence", "loss", "multiply-adds"].map(right);

const PAIRED_COLUMNS = ["own only", "this only", "p"].map(right);

function figureCells(figures: TrainedFigures): Cell[] {
  return [
    countCell(figures.images),
    shareCell(figures.top1),
    shareCell(figures.confidence),
    decimalCell(figures.loss),
    workCell(figures.multiplyAdds),
  ];
}

/** `0.59 points lower, 1.95 % more work` */
function against(own: TrainedFigures, other: TrainedFigures): string {
  if (own.top1 === null || other.top1 === null) return "no images";
  const points = (own.top1 - other.top1) * 100;
  const work = (own.multiplyAdds ?? 0) / (other.multiplyAdds ?? NaN) - 1;
  const workText = !Number.isFinite(work) || Math.abs(work) < 5e-5
    ? "the same work"
    : `${shareCell(Math.abs(work)).text} ${work < 0 ? "less" : "more"} work`;
  return `Top-1 ${Math.abs(points).toFixed(2)} points ${
    points < 0 ? "lower" : "higher"
  }, ${workText}`;
}

/** Images that only one of both ways classifies correctly, and McNemar's probability. */
function pairedCells({ paired }: FixedLevel): Cell[] {
  return [
    countCell(paired?.firstOnly ?? null),
    countCell(paired?.secondOnly ?? null),
    decimalCell(paired?.probability ?? null, 3),
  ];
}

function fixedLevelsTable(trained: TrainedAnalysis, fixedLevels: FixedLevels): ReportBlock {
  const { levels, best, blind } = fixedLevels;
  const bestLevel = levels.find(({ level }) => level === best) ?? levels[0]!;
  return {
    kind: "table",
    caption: "The same weights, all images through one level",
    columns: [right("level"), right("depth"), ...FIGURE_COLUMNS, ...PAIRED_COLUMNS],
    rows: levels.map((row) => [
      countCell(row.level),
      countCell(row.depth),
      ...figureCells(row),
      ...pairedCells(row),
    ]),
    note:
      "Own only, this only: images that only each one's own level, or only this one, classifies correctly; " +
      "p: how often a difference at least as large comes about by chance (McNemar's exact test). " +
      `Own levels against the best single one, depth ${bestLevel.depth}, which was chosen by these very images: ` +
      `${
        against(trained.overall, bestLevel)
      }. Against levels drawn blindly in the same proportions (Top-1 ` +
      `${shareCell(blind.top1).text}, loss ${decimalCell(blind.loss).text}): ` +
      `${against(trained.overall, { ...trained.overall, ...blind })}.`,
  };
}

/**
 * How a trained model does by depth and complexity.
 *
 * @param analysis The document.
 * @returns The section; `null` without a trained model.
 */
export function trainedDepthSection(analysis: DepthAnalysis): ReportSection | null {
  const { trained, depth } = analysis;
  if (trained === null) return null;
  const charts = trainedChartNames.flatMap((name) => depthAnalysisChart(analysis, name) ?? []);
  const { fixedLevels, complexityAndLoss, complexityAndRight } = trained;
  const blocks: ReportBlock[] = [
    {
      kind: "text",
      paragraphs: [
        `Complexity and loss of an image: ${correlationText(complexityAndLoss)}. ` +
        `Complexity and being right: ${correlationText(complexityAndRight)}.`,
      ],
    },
    ...charts.map((chart) => ({ kind: "chart" as const, chart })),
    {
      kind: "table",
      caption: "The trained model by depth",
      columns: [right("depth"), ...FIGURE_COLUMNS],
      rows: [
        ...trained.depths.map((row) => [countCell(row.depth), ...figureCells(row)]),
        [{ value: null, text: "all" }, ...figureCells(trained.overall)],
      ],
      note: `Run ${trained.runDirectory}, ${trained.checkpoint}; mean depth ${
        depth.mean.toFixed(2)
      }.`,
    },
    {
      kind: "table",
      caption: "By tenth of the images in order of complexity",
      columns: [right("tenth"), right("from"), right("to"), ...FIGURE_COLUMNS],
      rows: trained.deciles.map((row) => [
        countCell(row.decile),
        decimalCell(row.from, 2),
        decimalCell(row.to, 2),
        ...figureCells(row),
      ]),
    },
  ];
  if (fixedLevels !== null) blocks.push(fixedLevelsTable(trained, fixedLevels));
  return { title: "The trained model", blocks };
}
