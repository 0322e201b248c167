import type { SettingResult, SweepResults } from "../../sweeps/results_by_setting.ts";
import type { SweepStatusRow } from "../../sweeps/status_row.ts";
import { configCell, countCell, durationCell, shareCell, textCell } from "../cells.ts";
import { chartBlocks } from "../chart_blocks.ts";
import { sweepChart, sweptPaths } from "./sweep_chart.ts";
import type { ReportPart } from "../report_document.ts";
import { numbers, tableOf, words } from "../table.ts";
import { countOf } from "../../count_of.ts";

/** What trainings of a sweep are called by. */
type Named = Pick<SettingResult, "name" | "settings">;

/**
 * What tells trainings apart: `learningRate=0.003, fixedDepth=5`, with the name of their runs where there are several or
 * nothing is swept.
 */
function settingTexts(rows: readonly Named[]): string[] {
  const paths = sweptPaths(rows);
  const isNamed = paths.length === 0 || new Set(rows.map(({ name }) => name)).size > 1;
  return rows.map(({ name, settings }) => {
    const own = paths.filter((path) => settings[path] !== undefined)
      .map((path) => `${path.split(".").at(-1)}=${configCell(settings[path]).text}`);
    return [...isNamed ? [name] : [], ...own].join(", ");
  });
}

const NOTE =
  "Top-1 on the validation images by the best epoch of each training: mean and sample standard deviation over the seeds " +
  "that are done. The best setting is the best by validation; the test images were not looked at.";

/** Keys that decide which images a training is validated on. */
const VALIDATION_KEYS = new Set(
  ["dataset", "images", "validationFraction", "selection", "splitSeed", "classes"]
    .map((key) => `data.${key}`),
);

/** What must be known of settings that were not validated on the same images. */
function imagesNote(results: readonly Named[]): string {
  const paths = sweptPaths(results).filter((path) => VALIDATION_KEYS.has(path));
  if (paths.length === 0) return "";
  const found = paths.join(", ");
  return ` VALIDATED ON DIFFERENT IMAGES: the settings differ in ${found}. Accuracies compare only where the images are the same.`;
}

/**
 * What a sweep came to.
 *
 * @param sweep Its results.
 * @returns One table, a setting a row; a chart; and how many trainings are done.
 */
export function sweepResultsPart({ folder, counts, results }: SweepResults): ReportPart {
  const texts = settingTexts(results);
  const table = tableOf<SettingResult>("Results by setting", results, [
    words("setting", (_, at) => textCell(texts[at])),
    numbers("done", ({ done, rows }) => ({ value: done, text: `${done} of ${rows}` })),
    numbers("validation Top-1", ({ validationTop1 }) => shareCell(validationTop1)),
    numbers("deviation", ({ deviation }) => shareCell(deviation)),
    numbers("time", ({ seconds }) => durationCell(seconds)),
    words("best", ({ isBest }) => ({ value: isBest, text: isBest ? "best" : "" })),
  ], NOTE + imagesNote(results));
  const facts = Object.entries(counts).map(([name, count]) => ({ name, cell: countCell(count) }));
  return {
    title: `Sweep ${folder}`,
    subtitle: `${countOf(results.reduce((sum, { rows }) => sum + rows, 0), "training")}, ${
      countOf(results.length, "setting")
    }`,
    sections: [
      { title: "Results", blocks: [table, ...chartBlocks([sweepChart(results, texts)])] },
      { title: "Trainings", blocks: [{ kind: "facts", facts }] },
    ],
  };
}

/**
 * How a sweep stands.
 *
 * @param rows Its rows.
 * @returns One table.
 */
export function sweepStatusPart(rows: readonly SweepStatusRow[]): ReportPart {
  const texts = settingTexts(rows);
  const names = new Set(rows.map(({ name }) => name));
  const counts = [...Map.groupBy(rows, ({ state }) => state)]
    .map(([state, own]) => `${own.length} ${state}`);
  const table = tableOf<SweepStatusRow>("Trainings", rows, [
    numbers("row", ({ index }) => ({ value: index, text: String(index) })),
    words("training", ({ seed }, at) => textCell(`${texts[at]}, seed ${seed}`)),
    words("state", ({ state }) => textCell(state)),
    numbers("epochs", ({ epochs, plannedEpochs }) => {
      return { value: epochs, text: `${epochs}/${plannedEpochs}` };
    }),
    numbers("validation", ({ validationTop1 }) => shareCell(validationTop1)),
    numbers("left", ({ secondsLeft }) => durationCell(secondsLeft)),
    words("remark", ({ remark }) => ({ value: remark, text: remark })),
    words("run", ({ run }) => textCell(run)),
  ], `${counts.join(", ")} of ${rows.length}`);
  return {
    title: "Sweep",
    subtitle: `${countOf(rows.length, "training")}${
      names.size === 1 ? ` of ${[...names][0]}` : ""
    }`,
    sections: [{ title: "Trainings", blocks: [table] }],
  };
}
