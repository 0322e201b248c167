import { hasSquareConfusion, SQUARE_CONFUSION } from "../../evaluation/figures_schema.ts";
import type { EvaluationReport } from "../../evaluation/evaluation_report.ts";
import { countCell, shareCell, textCell } from "../cells.ts";
import { numbers, tableOf, words } from "../table.ts";
import type { ReportBlock, ReportSection } from "../report_document.ts";

/** Confusions that are listed by name. */
const LISTED_CONFUSIONS = 20;

function classTable({ classes }: EvaluationReport): ReportBlock {
  return tableOf(
    "Classes",
    classes,
    [
      words("class", ({ className }) => textCell(className)),
      numbers("label", (_, label) => countCell(label)),
      numbers("images", ({ support }) => countCell(support)),
      numbers("precision", ({ precision }) => shareCell(precision)),
      numbers("recall", ({ recall }) => shareCell(recall)),
      numbers("F1", ({ f1 }) => shareCell(f1)),
    ],
    "Precision: of the images given this class, the share that has it. Recall: of the images of the " +
      "class, the share that was recognised.",
  );
}

function listConfusions(figures: EvaluationReport): ReportBlock[] {
  const nameOf = (label: number) => figures.classes[label]?.className ?? String(label);
  const wrong = figures.confusion.flatMap((row, label) =>
    row.flatMap((count, predicted) =>
      count > 0 && predicted !== label ? [{ label, predicted, count }] : []
    )
  ).sort((a, b) => b.count - a.count || a.label - b.label || a.predicted - b.predicted);
  if (wrong.length === 0) return [];
  return [tableOf("Most frequent confusions", wrong.slice(0, LISTED_CONFUSIONS), [
    words("true class", ({ label }) => textCell(nameOf(label))),
    words("taken for", ({ predicted }) => textCell(nameOf(predicted))),
    numbers("images", ({ count }) => countCell(count)),
    numbers("share of the class", ({ label, count }) => {
      return shareCell(count / (figures.classes[label]?.support ?? NaN));
    }),
  ])];
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
