import type { Comparison } from "../../paper/comparison.ts";
import { configCell, fact, textCell } from "../cells.ts";
import { commandLine } from "../command_line.ts";
import { rowNames } from "./row_name.ts";
import type { Cell, ReportBlock, ReportSection } from "../report_document.ts";

/** What differs from the protocol, once for all rows that it is true of. */
function changesTable({ rows }: Comparison): ReportBlock[] {
  const found = new Map<string, { readonly cells: Cell[]; readonly names: string[] }>();
  const rowName = rowNames(rows);
  for (const [at, row] of rows.entries()) {
    for (const { path, protocol, run } of row.changes) {
      const cells = [textCell(path), configCell(protocol), configCell(run)];
      const key = JSON.stringify([path, protocol, run]);
      const change = found.get(key) ?? { cells, names: [] };
      change.names.push(rowName[at]!);
      found.set(key, change);
    }
  }
  if (found.size === 0) return [];
  const whose = (names: readonly string[]) =>
    textCell(names.length === rows.length ? "all" : names.join("; "));
  return [{
    kind: "table",
    caption: "Changed from the protocol",
    columns: ["key", "protocol", "these runs", "rows"].map((header) => ({ header })),
    rows: [...found.values()].map(({ cells, names }) => [...cells, whose(names)]),
  }];
}

/**
 * Where and how the runs of a comparison were made.
 *
 * @param comparison The comparison.
 * @returns Changes of the protocol, seeds, machine, versions, command.
 */
export function comparisonConditions(comparison: Comparison): ReportSection {
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
      { kind: "code", caption: "Made by", text: commandLine(argv) },
    ],
  };
}
