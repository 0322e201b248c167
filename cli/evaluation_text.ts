import type { EvaluationReport } from "../lib/evaluation/evaluation_report.ts";
import type { SpeedReport } from "../lib/evaluation/speed_report.ts";
import type { EvaluationSummary } from "../lib/runs/run_types.ts";
import { formatMultiplyAdds } from "./multiply_adds_text.ts";
import { formatCount, formatDecimals, formatShare, formatSmall } from "./number_text.ts";
import { renderFacts, renderTable, type TableColumn } from "./text_table.ts";

function right(header: string): TableColumn {
  return { header, align: "right" };
}

function formatHead(summary: EvaluationSummary): string {
  const { figures, complexityUnit = "bits" } = summary;
  return renderFacts([
    ["run", summary.runDirectory],
    ["checkpoint", summary.checkpoint],
    ["data", `${summary.dataset}, ${summary.part}, ${formatCount(figures.images)} images`],
    ["top-1", formatShare(figures.top1)],
    ["top-5", formatShare(figures.top5)],
    ["loss", formatDecimals(figures.loss)],
    ["mean depth", `${figures.meanDepth.toFixed(2)} layers`],
    ["mean complexity", `${figures.meanComplexity.toFixed(2)} ${complexityUnit}`],
    ["multiply-adds", `${formatMultiplyAdds(figures.meanMultiplyAdds)} per image`],
    [
      "speed",
      `${formatSmall(figures.secondsPerImage)} s/image` +
      (summary.exact
        ? ", one trajectory per image"
        : `, after ${formatSmall(figures.bankSeconds)} s for the kernels of all levels`),
    ],
  ]);
}

function formatLevels({ figures, complexityUnit = "bits" }: EvaluationSummary): string {
  const columns = [
    right("level"),
    right(complexityUnit),
    right("depth"),
    right("images"),
    right("top-1"),
  ];
  return renderTable(
    columns,
    figures.levels.map((level) => [
      String(level.level),
      level.complexity.toFixed(2),
      String(level.depth),
      formatCount(level.images),
      formatShare(level.top1),
    ]),
  );
}

/** The ways that images took; nothing where there is one way. */
function formatRoutes(figures: EvaluationReport): string[] {
  if (figures.routes.length === 0) return [];
  const rows = figures.routes.map(({ route, share }) => [String(route), formatShare(share)]);
  return [renderTable([right("route"), right("images")], rows)];
}

/** Seconds per image of the whole pipeline, median and spread. */
function formatSpeed({ figures, bankSeconds }: SpeedReport): string {
  const columns = [
    { header: "kernels" },
    right("batch"),
    right("s/image, median"),
    right("quartiles"),
    right("fastest"),
    right("slowest"),
    right("repetitions"),
  ];
  const rows = figures.map((figure) => [
    figure.generation === "banked" ? "kept" : "generated per image",
    String(figure.batchSize),
    formatSmall(figure.median),
    `${formatSmall(figure.firstQuartile)} .. ${formatSmall(figure.thirdQuartile)}`,
    formatSmall(figure.lowest),
    formatSmall(figure.highest),
    String(figure.repetitions),
  ]);
  return `${renderTable(columns, rows)}\nkernels of all levels: ${
    formatSmall(bankSeconds)
  } s, in no figure of kept ones`;
}

function formatClasses(figures: EvaluationReport): string {
  const columns = [
    { header: "class" },
    right("images"),
    right("precision"),
    right("recall"),
    right("F1"),
  ];
  return renderTable(
    columns,
    figures.classes.map((row) => [
      row.className,
      formatCount(row.support),
      formatShare(row.precision),
      formatShare(row.recall),
      formatShare(row.f1),
    ]),
  );
}

/** Rows are true classes, columns are predicted ones, by number: names would not fit above. */
function formatConfusion(figures: EvaluationReport): string {
  const columns = [
    { header: "true \\ predicted" },
    ...figures.classes.map((_, index) => right(String(index))),
  ];
  const rows = figures.confusion.map((counts, index) => [
    `${index} ${figures.classes[index]?.className ?? ""}`,
    ...counts.map(String),
  ]);
  return renderTable(columns, rows);
}

/**
 * Writes an evaluation for people.
 *
 * @param summary What the evaluation returned.
 * @param options `confusion`: with the confusion matrix (default `false`).
 * @returns Lines without a trailing line end.
 */
export function formatEvaluation(
  summary: EvaluationSummary,
  options: { readonly confusion?: boolean } = {},
): string {
  const { figures } = summary;
  const parts = [
    formatHead(summary),
    formatLevels(summary),
    ...formatRoutes(figures),
    ...(summary.speed === undefined ? [] : [formatSpeed(summary.speed)]),
    formatClasses(figures),
  ];
  if (options.confusion) parts.push(formatConfusion(figures));
  return parts.join("\n\n");
}
