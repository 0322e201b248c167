import { configEntries, findKey } from "../../configuration/config_words.ts";
import type { EpochRecord } from "../../training/training_event.ts";
import { countCell, depthCell, megabyteCell, shareCell, textCell, workCell } from "../cells.ts";
import type { Chart } from "../chart.ts";
import { chartBlocks } from "../chart_blocks.ts";
import type { ReportPart } from "../report_document.ts";
import { numbers, tableOf, words } from "../table.ts";
import type { RunReport } from "../run_report.ts";
import { tellingNames } from "./name_of_path.ts";
import { tellingTop5 } from "../../evaluation/telling_top5.ts";
import { countOf } from "../../count_of.ts";

function namesOf(runs: readonly RunReport[]): string[] {
  return tellingNames(runs.map(({ runDirectory }) => runDirectory));
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

/** Keys that a line names. */
const MOST_KEYS = 8;

/** What tells the runs apart, apart from where they were made. */
function differencesOf(runs: readonly RunReport[]): string {
  const entries = runs.map(({ config }) => new Map(configEntries(config)));
  const keys = [...entries[0]!.keys()].filter((path) =>
    !findKey(path)?.isPlace && entries.some((own) => own.get(path) !== entries[0]!.get(path))
  );
  if (keys.length === 0) return "Runs of one configuration.";
  const more = keys.length > MOST_KEYS
    ? ` and ${countOf(keys.length - MOST_KEYS, "more key")}`
    : "";
  return `Runs that differ in ${keys.slice(0, MOST_KEYS).join(", ")}${more}.`;
}

/**
 * Several runs side by side.
 *
 * @param runs At least two.
 * @returns A table of their figures, and their curves in one chart.
 */
export function overviewPart(runs: readonly RunReport[]): ReportPart {
  const names = namesOf(runs);
  const top5Of = ({ evaluation }: RunReport) => tellingTop5(evaluation?.figures ?? null);
  return {
    title: "Overview",
    subtitle: differencesOf(runs),
    sections: [{
      title: "Side by side",
      blocks: [
        tableOf<RunReport>(
          "Runs",
          runs,
          [
            words("run", (_, index) => textCell(names[index])),
            words("model", ({ config }) => textCell(config.model.name)),
            words("data", ({ config }) => textCell(config.data.dataset)),
            numbers("Top-1", ({ evaluation }) => shareCell(evaluation?.figures.top1 ?? null)),
            ...runs.some((run) => top5Of(run) !== null)
              ? [numbers<RunReport>("Top-5", (run) => shareCell(top5Of(run)))]
              : [],
            numbers("images", ({ evaluation }) => countCell(evaluation?.figures.images ?? null)),
            numbers("best validation", ({ best }) => shareCell(best?.validationTop1 ?? null)),
            numbers("epochs", ({ epochs }) => countCell(epochs.length)),
            numbers("depth", ({ evaluation }) => {
              const { meanDepth = null, routes = [] } = evaluation?.figures ?? {};
              return depthCell(meanDepth, routes.length > 0);
            }),
            numbers("puppeteer", ({ count }) => megabyteCell(count?.megabytes.puppeteer || null)),
            numbers("stored", ({ count }) => megabyteCell(count?.megabytes.total ?? null)),
            numbers("multiply-adds", ({ evaluation }) => {
              return workCell(evaluation?.figures.meanMultiplyAdds ?? null);
            }),
          ],
          "Multiply-adds: mean per image of the work really done.",
        ),
        ...chartBlocks([
          curves(runs, { title: "Training loss", yLabel: "nats", read: (r) => r.trainLoss }),
          curves(runs, {
            title: "Validation Top-1",
            yLabel: "%",
            read: (r) => r.validationTop1 === null ? null : r.validationTop1 * 100,
          }),
        ]),
      ],
    }],
  };
}
