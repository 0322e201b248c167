import type {
  FixedLevels,
  TrainedAnalysis,
  TrainedFigures,
} from "../lib/analyses/depth_analysis.ts";
import type { Correlation } from "../lib/analyses/distribution.ts";
import { formatMultiplyAdds } from "./multiply_adds_text.ts";
import { formatCount, formatDecimals, formatShare } from "./number_text.ts";
import type { renderTable, TableColumn } from "./text_table.ts";

type TableRenderer = typeof renderTable;

function right(header: string): TableColumn {
  return { header, align: "right" };
}

const FIGURES = ["images", "top-1", "confidence", "loss", "per image"];

function figureCells(figures: TrainedFigures): string[] {
  return [
    formatCount(figures.images),
    formatShare(figures.top1),
    formatDecimals(figures.confidence, 3),
    formatDecimals(figures.loss, 3),
    figures.multiplyAdds === null ? "-" : formatMultiplyAdds(figures.multiplyAdds),
  ];
}

function showCorrelation({ pearson, spearman, images }: Correlation): string {
  if (pearson === null) return "none, one of them is constant";
  return `Pearson ${formatDecimals(pearson, 3)}, Spearman ${formatDecimals(spearman, 3)} ` +
    `(${formatCount(images)} images)`;
}

function formatOwnLevels(trained: TrainedAnalysis, render: TableRenderer): string {
  const columns = ["level", "complexity", "depth", ...FIGURES].map(right);
  const rows = trained.levels.map((level) => [
    ...[String(level.level), level.complexity.toFixed(2), String(level.depth)],
    ...figureCells(level),
  ]);
  const table = render(columns, [...rows, ["all", "", "", ...figureCells(trained.overall)]]);
  const lines = [
    `Complexity and loss of the image: ${showCorrelation(trained.complexityAndLoss)}`,
    `Complexity and being right: ${showCorrelation(trained.complexityAndRight)}`,
  ];
  return `${table}\n\n${lines.join("\n")}`;
}

function formatDepthGroups(trained: TrainedAnalysis, render: TableRenderer): string[] {
  // One level per depth: the table would say the same again.
  if (trained.depths.length === trained.levels.length) return [];
  const rows = trained.depths.map((depth) => [String(depth.depth), ...figureCells(depth)]);
  return ["The same by depth", render(["depth", ...FIGURES].map(right), rows)];
}

function formatDeciles(trained: TrainedAnalysis, render: TableRenderer): string {
  const rows = trained.deciles.map((decile) => [
    ...[String(decile.decile), decile.from.toFixed(2), decile.to.toFixed(2)],
    ...figureCells(decile),
  ]);
  return render(["tenth", "from", "to", ...FIGURES].map(right), rows);
}

function points(share: number): string {
  return `${share >= 0 ? "+" : "-"}${Math.abs(share * 100).toFixed(2)} points`;
}

/** `12.3 % less work`. */
function workAgainst(own: number, other: number): string {
  const change = own / other - 1;
  if (Math.abs(change) < 5e-5) return "the same work";
  return `${formatShare(Math.abs(change))} ${change < 0 ? "less" : "more"} work`;
}

function formatFixedLevels(
  trained: TrainedAnalysis,
  fixed: FixedLevels,
  render: TableRenderer,
): string {
  const rows = fixed.levels.map((level) => [
    ...[String(level.level), level.complexity.toFixed(2), String(level.depth)],
    ...figureCells(level),
    level.paired === undefined ? "-" : formatDecimals(level.paired.probability, 3),
  ]);
  const columns = ["level", "complexity", "depth", ...FIGURES].map(right);
  const table = render([...columns, right("p")], [
    ...rows,
    ["own", "", "", ...figureCells(trained.overall), ""],
  ]);
  const { top1, multiplyAdds } = trained.overall;
  const best = fixed.levels[fixed.best]!;
  const lines = [
    `Own levels against the best one (level ${best.level}, depth ${best.depth}): ` +
    `${points(top1! - best.top1!)}, ${workAgainst(multiplyAdds!, best.multiplyAdds!)}`,
    `Own levels against levels drawn blindly in the same proportions: ` +
    `${points(top1! - fixed.blind.top1)}, ${workAgainst(multiplyAdds!, fixed.blind.multiplyAdds)}`,
    "The best level was chosen by these very images, which flatters it.",
    "p: how often chance alone gives such a difference from own (McNemar, exact)",
  ];
  return `${table}\n\n${lines.join("\n")}`;
}

/**
 * Writes what a trained model made of the images.
 *
 * @param trained That part of the document.
 * @param render Writes a table.
 * @returns Headings and what stands under them, in turn.
 */
export function formatTrainedParts(trained: TrainedAnalysis, render: TableRenderer): string[] {
  const { runDirectory, checkpoint, exact, fixedLevels } = trained;
  const how = exact ? ", one trajectory per image" : "";
  return [
    `Trained model ${runDirectory}, ${checkpoint}${how}: every image through its own level`,
    formatOwnLevels(trained, render),
    ...formatDepthGroups(trained, render),
    "By tenth of the images, least complex first",
    formatDeciles(trained, render),
    ...fixedLevels === null ? [] : [
      "The same weights, all images through one level",
      formatFixedLevels(trained, fixedLevels, render),
    ],
  ];
}
