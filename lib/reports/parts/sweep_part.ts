import type { SettingResult, SweepResults } from "../../sweeps/results_by_setting.ts";
import type { SweepStatusRow } from "../../sweeps/status_row.ts";
import { countCell, durationCell, shareCell, textCell } from "../cells.ts";
import type { ReportPart } from "../report_document.ts";
import { numbers, tableOf, words } from "../table.ts";

/** Keys whose value differs between settings. */
function sweptPaths(results: readonly SettingResult[]): string[] {
  const paths = [...new Set(results.flatMap(({ settings }) => Object.keys(settings)))];
  return paths.filter((path) =>
    new Set(results.map(({ settings }) => JSON.stringify(settings[path]))).size > 1
  );
}

/** What tells a setting apart: `learningRate=0.003, fixedDepth=5`, or the name of the runs where nothing is swept. */
function settingText({ settings, name }: SettingResult, paths: readonly string[]): string {
  const texts = paths.map((path) => `${path.split(".").at(-1)}=${settings[path] ?? ""}`);
  return texts.length === 0 ? name : texts.join(", ");
}

const NOTE =
  "Top-1 on the validation images by the best epoch of each training: mean and sample standard deviation over the seeds " +
  "that are done. The best setting is the best by validation; the test images were not looked at.";

/**
 * What a sweep came to.
 *
 * @param sweep Its results.
 * @returns One table: a setting a row; and how many trainings are done.
 */
export function sweepResultsPart({ folder, counts, results }: SweepResults): ReportPart {
  const paths = sweptPaths(results);
  const table = tableOf<SettingResult>("Results by setting", results, [
    words("setting", (result) => textCell(settingText(result, paths))),
    numbers("done", ({ done, rows }) => ({ value: done, text: `${done} of ${rows}` })),
    numbers("validation Top-1", ({ validationTop1 }) => shareCell(validationTop1)),
    numbers("deviation", ({ deviation }) => shareCell(deviation)),
    numbers("time", ({ seconds }) => durationCell(seconds)),
    words("best", ({ isBest }) => ({ value: isBest, text: isBest ? "best" : "" })),
  ], NOTE);
  const facts = Object.entries(counts).map(([name, count]) => ({ name, cell: countCell(count) }));
  return {
    title: `Sweep ${folder}`,
    subtitle: `${
      results.reduce((sum, { rows }) => sum + rows, 0)
    } trainings, ${results.length} settings`,
    sections: [
      { title: "Results by setting", blocks: [table] },
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
  const counts = [...Map.groupBy(rows, ({ state }) => state)]
    .map(([state, own]) => `${own.length} ${state}`);
  const table = tableOf<SweepStatusRow>("Trainings", rows, [
    numbers("row", ({ index }) => ({ value: index, text: String(index) })),
    words("run", ({ run }) => textCell(run)),
    words("state", ({ state }) => textCell(state)),
    numbers("epochs", ({ epochs, plannedEpochs }) => {
      return { value: epochs, text: `${epochs}/${plannedEpochs}` };
    }),
    numbers("validation", ({ validationTop1 }) => shareCell(validationTop1)),
    numbers("left", ({ secondsLeft }) => durationCell(secondsLeft)),
    words("", ({ remark }) => ({ value: remark, text: remark })),
  ], `${counts.join(", ")} of ${rows.length}`);
  return {
    title: "Sweep",
    subtitle: "",
    sections: [{ title: "Trainings", blocks: [table] }],
  };
}
