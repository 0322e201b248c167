import { depthAnalysisChart } from "./depth_charts.ts";
import type {
  DepthAnalysis,
  FixedLevel,
  FixedLevels,
  MeasureRouting,
  RoutingRoom,
  TrainedAnalysis,
  TrainedDecile,
  TrainedFigures,
  TrainedLevel,
} from "../../analyses/depth_analysis.ts";
import { countCell, decimalCell, depthCell, shareCell, textCell, workCell } from "../cells.ts";
import { chartBlocks } from "../chart_blocks.ts";
import { type Column, numbers, tableOf, words } from "../table.ts";
import { correlationText } from "./correlation_text.ts";
import type { ReportBlock, ReportSection } from "../report_document.ts";

/** Charts that stand with the trained model. */
export const trainedChartNames = ["accuracy", "tenths"] as const;

/** Figures of a group of images. */
function figureColumns<Row extends TrainedFigures>(): Column<Row>[] {
  return [
    numbers("images", ({ images }) => countCell(images)),
    numbers("Top-1", ({ top1 }) => shareCell(top1)),
    numbers("confidence", ({ confidence }) => shareCell(confidence)),
    numbers("loss", ({ loss }) => decimalCell(loss)),
    numbers("multiply-adds", ({ multiplyAdds }) => workCell(multiplyAdds)),
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
  const difference = Math.abs(points).toFixed(2);
  const pointsText = difference === "0.00"
    ? "the same Top-1"
    : `Top-1 ${difference} points ${points < 0 ? "lower" : "higher"}`;
  return `${pointsText}, ${workText}`;
}

/** Levels of one number of layers say the same as depths. */
function levelsTable({ levels, depths }: TrainedAnalysis): ReportBlock[] {
  if (levels.length === depths.length) return [];
  return [tableOf<TrainedLevel>("The trained model by level", levels, [
    numbers("level", ({ level }) => countCell(level)),
    numbers("complexity", ({ complexity }) => decimalCell(complexity, 2)),
    numbers("depth", ({ depth }) => countCell(depth)),
    ...figureColumns<TrainedLevel>(),
  ])];
}

function fixedLevelsTable(trained: TrainedAnalysis, fixedLevels: FixedLevels): ReportBlock {
  const { levels, best, blind } = fixedLevels;
  const bestLevel = levels.find(({ level }) => level === best) ?? levels[0]!;
  const bestName = levels.length === trained.depths.length
    ? `depth ${bestLevel.depth}`
    : `level ${bestLevel.level} of depth ${bestLevel.depth}`;
  return tableOf<FixedLevel>(
    "The same weights, all images through one level",
    levels,
    [
      numbers("level", ({ level }) => countCell(level)),
      numbers("depth", ({ depth }) => countCell(depth)),
      ...figureColumns<FixedLevel>(),
      numbers("own only", ({ paired }) => countCell(paired?.firstOnly ?? null)),
      numbers("this only", ({ paired }) => countCell(paired?.secondOnly ?? null)),
      numbers("p", ({ paired }) => decimalCell(paired?.probability ?? null, 3)),
    ],
    "Own only, this only: images that only each one's own level, or only this one, classifies correctly; " +
      "p: how often a difference at least as large comes about by chance (McNemar's exact test). " +
      `Own levels against the best single one, ${bestName}, which was chosen by these very images: ` +
      `${
        against(trained.overall, bestLevel)
      }. Against levels drawn blindly in the same proportions (Top-1 ` +
      `${shareCell(blind.top1).text}, loss ${decimalCell(blind.loss).text}): ` +
      `${against(trained.overall, { ...trained.overall, ...blind })}.`,
  );
}

/** Levels are in order of complexity, and so of depth where they differ in it. */
function routingTable({ overall, depths }: TrainedAnalysis, room: RoutingRoom): ReportBlock {
  const { oracle } = room;
  const isDepth = depths.length > 1;
  const gain = isDepth ? "depth's gain" : "the last level's gain";
  return tableOf<MeasureRouting>(
    "Levels chosen by other measures, as many images each",
    room.measures,
    [
      words("measure", ({ name }) => textCell(name)),
      numbers(`rank correlation with ${gain}`, ({ gain }) => decimalCell(gain.spearman, 3)),
      numbers("Top-1", ({ top1 }) => shareCell(top1)),
    ],
    (isDepth
      ? "Depth's gain: the loss of an image at the shallowest level less that at the deepest. If the shallowest right"
      : "The last level's gain: the loss of an image at the first level less that at the last. If a right") +
      ` level of every image were known, Top-1 would be ${shareCell(oracle.top1).text} for ${
        workCell(oracle.multiplyAdds).text
      } multiply-adds in place of ${workCell(overall.multiplyAdds).text}.`,
  );
}

/**
 * How a trained model does by depth and complexity.
 *
 * @param analysis The document.
 * @returns The section; `null` without a trained model.
 */
export function trainedDepthSection(analysis: DepthAnalysis): ReportSection | null {
  const { trained, depth, work } = analysis;
  if (trained === null) return null;
  const charts = trainedChartNames.map((name) => depthAnalysisChart(analysis, name));
  const { fixedLevels, complexityAndLoss, complexityAndRight } = trained;
  const blocks: ReportBlock[] = [
    {
      kind: "text",
      paragraphs: [
        `Complexity and loss of an image: ${correlationText(complexityAndLoss)}. ` +
        `Complexity and being right: ${correlationText(complexityAndRight)}.`,
      ],
    },
    ...chartBlocks(charts),
    tableOf<TrainedFigures & { readonly depth: number | null }>(
      "The trained model by depth",
      [...trained.depths, { ...trained.overall, depth: null }],
      [
        numbers("depth", ({ depth }) => depth === null ? textCell("all") : countCell(depth)),
        ...figureColumns(),
      ],
      `Run ${trained.runDirectory}, ${trained.checkpoint}${
        trained.exact ? ", one trajectory per image" : ""
      }; mean depth ${depthCell(depth.mean, work.decides).text}.`,
    ),
    ...levelsTable(trained),
    tableOf<TrainedDecile>("By tenth of the images in order of complexity", trained.deciles, [
      numbers("tenth", ({ decile }) => countCell(decile)),
      numbers("from", ({ from }) => decimalCell(from, 2)),
      numbers("to", ({ to }) => decimalCell(to, 2)),
      ...figureColumns<TrainedDecile>(),
    ]),
  ];
  if (fixedLevels !== null) blocks.push(fixedLevelsTable(trained, fixedLevels));
  if (fixedLevels?.room !== undefined) blocks.push(routingTable(trained, fixedLevels.room));
  return { title: "The trained model", blocks };
}
