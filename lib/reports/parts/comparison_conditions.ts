import type { Comparison } from "../../paper/comparison.ts";
import { configCell, fact, textCell } from "../cells.ts";
import { commandLine } from "../command_line.ts";
import { tableOf, words } from "../table.ts";
import { rowNames } from "./row_name.ts";
import type { Cell, ReportBlock, ReportSection } from "../report_document.ts";

/** What differs from the protocol, once for all rows that it is true of. */
function changesTable({ rows, mode }: Comparison): ReportBlock[] {
  const found = new Map<
    string,
    { readonly cells: readonly [Cell, Cell, Cell]; readonly names: string[] }
  >();
  const names = rowNames(rows, mode);
  for (const [at, row] of rows.entries()) {
    for (const { path, protocol, run } of row.changes) {
      const cells: [Cell, Cell, Cell] = [textCell(path), configCell(protocol), configCell(run)];
      const key = JSON.stringify([path, protocol, run]);
      const change = found.get(key) ?? { cells, names: [] };
      change.names.push(names[at]!);
      found.set(key, change);
    }
  }
  if (found.size === 0) return [];
  return [tableOf("Changed from the protocol", [...found.values()], [
    words("key", ({ cells }) => cells[0]),
    words("protocol", ({ cells }) => cells[1]),
    words("these runs", ({ cells }) => cells[2]),
    words("rows", ({ names }) => textCell(names.length === rows.length ? "all" : names.join("; "))),
  ])];
}

/**
 * Where and how the runs of a comparison were made.
 *
 * @param comparison The comparison.
 * @param program How the program is called (default: as from a checkout).
 * @returns Changes of the protocol, seeds, machine, versions, command.
 */
export function comparisonConditions(comparison: Comparison, program?: string): ReportSection {
  const { conditions, seeds, createdAt, argv } = comparison;
  return {
    title: "Conditions",
    blocks: [
      ...changesTable(comparison),
      {
        kind: "facts",
        facts: [
          fact("seeds", textCell(seeds.join(", "))),
          fact("backend", textCell(conditions.backend)),
          fact("machine", textCell(conditions.machine)),
          fact("made", textCell(createdAt)),
          // The backend describes itself above.
          ...Object.entries(conditions.versions).filter(([name]) => name !== "backend")
            .map(([name, version]) => fact(name, textCell(version))),
        ],
      },
      { kind: "code", caption: "Made by", text: commandLine(argv, program) },
    ],
  };
}
