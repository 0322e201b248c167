import { hasSquareConfusion, SQUARE_CONFUSION } from "../../evaluation/figures_schema.ts";
import type { EvaluationReport } from "../../evaluation/evaluation_report.ts";
import { countCell, shareCell, textCell } from "../cells.ts";
import type { ReportBlock, ReportSection } from "../report_document.ts";

/** Confusions that are listed by name. */
const LISTED_CONFUSIONS = 12;

function classTable(figures: EvaluationReport): ReportBlock {
  const right = (header: string) => ({ header, align: "right" as const });
  return {
    kind: "table",
    caption: "Classes",
    columns: [
      { header: "class" },
      right("label"),
      right("images"),
      right("precision"),
      right("recall"),
      right("F1"),
    ],
    rows: figures.classes.map((row, label) => [
      textCell(row.className),
      countCell(label),
      countCell(row.support),
      shareCell(row.precision),
      shareCell(row.recall),
      shareCell(row.f1),
    ]),
    note:
      "Precision: of the images given this class, the share that has it. Recall: of the images of the " +
      "class, the share that was recognised.",
  };
}

function listConfusions(figures: EvaluationReport): ReportBlock[] {
  const nameOf = (label: number) => figures.classes[label]?.className ?? String(label);
  const wrong = figures.confusion.flatMap((row, label) =>
    row.flatMap((count, predicted) =>
      count > 0 && predicted !== label ? [{ label, predicted, count }] : []
    )
  ).sort((a, b) => b.count - a.count || a.label - b.label || a.predicted - b.predicted);
  if (wrong.length === 0) return [];
  return [{
    kind: "table",
    caption: "Most frequent confusions",
    columns: [
      { header: "true class" },
      { header: "taken for" },
      { header: "images", align: "right" },
      { header: "share of the class", align: "right" },
    ],
    rows: wrong.slice(0, LISTED_CONFUSIONS).map(({ label, predicted, count }) => [
      textCell(nameOf(label)),
      textCell(nameOf(predicted)),
      countCell(count),
      shareCell(count / (figures.classes[label]?.support ?? NaN)),
    ]),
  }];
}

/**
 * Figures by class.
 *
 * @param figures The evaluation.
 * @returns Confusion matrix, the most frequent confusions, precision and recall.
 * @throws {RangeError} if the confusion matrix is not classes x classes.
 */
export function classSection(figures: EvaluationReport): ReportSection {
  if (!hasSquareConfusion(figures)) throw new RangeError(`confusion: ${SQUARE_CONFUSION}`);
  return {
    title: "Classes",
    blocks: [
      {
        kind: "confusion",
        classNames: figures.classes.map(({ className }) => className),
        counts: figures.confusion,
      },
      ...listConfusions(figures),
      classTable(figures),
    ],
  };
}
