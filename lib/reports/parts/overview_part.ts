import type { EpochRecord } from "../../training/training_event.ts";
import { countCell, decimalCell, megabyteCell, shareCell, textCell, workCell } from "../cells.ts";
import type { Chart } from "../chart.ts";
import type { ReportColumn, ReportPart } from "../report_document.ts";
import type { RunReport } from "../run_report.ts";
import { nameOfPath } from "./name_of_path.ts";
import { bestEpoch } from "./training_section.ts";

/** Names of runs; whole paths where the last parts are alike. */
function namesOf(runs: readonly RunReport[]): string[] {
  const short = runs.map(({ runDirectory }) => nameOfPath(runDirectory));
  return new Set(short).size === short.length ? short : runs.map((run) => run.runDirectory);
}

function curves(
  runs: readonly RunReport[],
  options: {
    readonly title: string;
    readonly yLabel: string;
    readonly read: (record: EpochRecord) => number | null;
  },
): Chart {
  const names = namesOf(runs);
  return {
    title: options.title,
    description: `By epoch: ${names.join(", ")}.`,
    xLabel: "epoch",
    yLabel: options.yLabel,
    series: runs.map(({ epochs }, index) => ({
      name: names[index]!,
      points: epochs.flatMap((record) => {
        const y = options.read(record);
        return y === null ? [] : [{ x: record.epoch, y }];
      }),
    })),
  };
}

/**
 * Several runs side by side.
 *
 * @param runs At least two.
 * @returns A table of their figures, and their curves in one chart.
 */
export function overviewPart(runs: readonly RunReport[]): ReportPart {
  const right = (header: string): ReportColumn => ({ header, align: "right" });
  const headers = ["Top-1", "Top-5", "images", "best validation", "epochs", "depth"];
  const names = namesOf(runs);
  return {
    title: "Overview",
    subtitle: "Runs differ in more than their names: compare their protocols below.",
    sections: [{
      title: "Side by side",
      blocks: [
        {
          kind: "table",
          caption: "Runs",
          columns: [
            { header: "run" },
            { header: "model" },
            { header: "data" },
            ...[...headers, "puppeteer", "stored", "multiply-adds"].map(right),
          ],
          rows: runs.map((run, index) => {
            const figures = run.evaluation?.figures;
            const hasPuppeteer = (run.count?.parameters.puppeteer ?? 0) > 0;
            return [
              textCell(names[index]),
              textCell(run.config.model.name),
              textCell(run.config.data.dataset),
              shareCell(figures?.top1 ?? null),
              shareCell(figures?.top5 ?? null),
              countCell(figures?.images ?? null),
              shareCell(bestEpoch(run.epochs)?.validationTop1 ?? null),
              countCell(run.epochs.length),
              decimalCell(figures?.meanDepth ?? null, 2),
              megabyteCell(hasPuppeteer ? run.count!.megabytes.puppeteer : null),
              megabyteCell(run.count?.megabytes.total ?? null),
              workCell(figures?.meanMultiplyAdds ?? null),
            ];
          }),
          note: "Multiply-adds: mean per image of the work really done.",
        },
        {
          kind: "chart",
          chart: curves(runs, { title: "Training loss", yLabel: "nats", read: (r) => r.trainLoss }),
        },
        {
          kind: "chart",
          chart: curves(runs, {
            title: "Validation Top-1",
            yLabel: "%",
            read: (r) => r.validationTop1 === null ? null : r.validationTop1 * 100,
          }),
        },
      ],
    }],
  };
}
