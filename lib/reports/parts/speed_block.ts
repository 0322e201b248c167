import type { SpeedReport } from "../../evaluation/speed_report.ts";
import { countCell, significantCell, textCell } from "../cells.ts";
import type { ReportBlock } from "../report_document.ts";

/**
 * What a report says of measured wall times.
 *
 * @param speed The times; absent where they were not measured.
 * @returns A table, one row per batch size and way of generation; nothing without times.
 */
export function speedBlocks(speed: SpeedReport | undefined): ReportBlock[] {
  if (speed === undefined) return [];
  const columns = ["batch", "median, s/image", "first quartile", "third quartile"];
  const last = ["fastest", "slowest", "repetitions"];
  return [{
    kind: "table",
    caption: "Speed",
    columns: [
      { header: "kernels" },
      ...[...columns, ...last].map((header) => ({ header, align: "right" as const })),
    ],
    rows: speed.figures.map((figure) => [
      textCell(figure.generation === "banked" ? "kept" : "generated per image"),
      countCell(figure.batchSize),
      significantCell(figure.median),
      significantCell(figure.firstQuartile),
      significantCell(figure.thirdQuartile),
      significantCell(figure.lowest),
      significantCell(figure.highest),
      countCell(figure.repetitions),
    ]),
    note:
      `Images of ${speed.dataset} in memory: complexity, routing, standardisation, forward pass and read-back. ` +
      "Kept kernels are generated once for all levels, which is in no figure.",
  }];
}
