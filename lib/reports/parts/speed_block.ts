import type { SpeedReport } from "../../evaluation/speed_report.ts";
import { countCell, secondsCell, textCell } from "../cells.ts";
import { numbers, tableOf, words } from "../table.ts";
import type { ReportBlock } from "../report_document.ts";

/**
 * What a report says of measured wall times.
 *
 * @param speed The times; absent where they were not measured.
 * @returns A table, one row per batch size and way of generation; nothing without times.
 */
export function speedBlocks(speed: SpeedReport | undefined): ReportBlock[] {
  if (speed === undefined) return [];
  return [tableOf(
    "Speed",
    speed.figures,
    [
      words("kernels", ({ generation }) => {
        return textCell(generation === "banked" ? "kept" : "generated per image");
      }),
      numbers("batch", ({ batchSize }) => countCell(batchSize)),
      numbers("median, s/image", ({ median }) => secondsCell(median)),
      numbers("first quartile", ({ firstQuartile }) => secondsCell(firstQuartile)),
      numbers("third quartile", ({ thirdQuartile }) => secondsCell(thirdQuartile)),
      numbers("fastest", ({ lowest }) => secondsCell(lowest)),
      numbers("slowest", ({ highest }) => secondsCell(highest)),
      numbers("repetitions", ({ repetitions }) => countCell(repetitions)),
    ],
    `Images of ${speed.dataset} in memory: complexity, routing, standardisation, forward pass and read-back.` +
      (speed.figures.some(({ generation }) => generation === "banked")
        ? ` Kept kernels are generated once, in ${
          secondsCell(speed.bankSeconds).text
        } s, which are in no figure.`
        : ""),
  )];
}
