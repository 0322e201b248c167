import type {
  ComparedRun,
  Comparison,
  ComparisonRow,
  SeedStatistics,
} from "../lib/paper/comparison.ts";
import { runNames } from "../lib/reports/parts/row_name.ts";
import { formatMultiplyAdds } from "./multiply_adds_text.ts";
import { formatCount, formatSeconds } from "./number_text.ts";
import { formatDuration } from "./progress_line.ts";
import type { TableColumn } from "./text_table.ts";

/** A table of texts with its heading, for any format that people read. */
export interface Sheet {
  /** What stands above the table. */
  readonly heading: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly string[])[];
}

/** One column of a sheet and how a row fills it. */
interface SheetColumn extends TableColumn {
  readonly cell: (row: ComparisonRow) => string;
}

const NOTHING = "-";

function right(header: string, cell: SheetColumn["cell"]): SheetColumn {
  return { header, align: "right", cell };
}

/** `72.51 +- 0.31 (n=3)`, in percent. */
function percent(statistics: SeedStatistics | null): string {
  if (statistics === null) return NOTHING;
  const { mean, deviation, n } = statistics;
  const spread = deviation === null ? "" : ` +- ${(100 * deviation).toFixed(2)}`;
  return `${(100 * mean).toFixed(2)}${spread} (n=${n})`;
}

function seconds(statistics: SeedStatistics | null): string {
  if (statistics === null) return NOTHING;
  const { mean, deviation } = statistics;
  return `${formatSeconds(mean)}${deviation === null ? "" : ` +- ${formatSeconds(deviation)}`}`;
}

function printed(value: number | null | undefined, decimals: number): string {
  return value === null || value === undefined ? NOTHING : value.toFixed(decimals);
}

/** Megabytes; a narrow puppeteer's must not be rounded to nothing. */
function megabytes(value: number | null): string {
  if (value === null) return NOTHING;
  return value >= 0.01 ? value.toFixed(2) : String(Number(value.toPrecision(2)));
}

function multiplyAdds(value: number | null): string {
  return value === null || value === 0 ? NOTHING : formatMultiplyAdds(value);
}

/** Different marks that are too long for a cell, in the order of the rows. */
export function longMarks(comparison: Comparison): string[] {
  const marks = comparison.rows.flatMap(({ protocol, mark }) =>
    protocol === "changed" && mark !== null ? [mark] : []
  );
  return [...new Set(marks)];
}

function statusOf(row: ComparisonRow, marks: readonly string[]): string {
  if (row.protocol !== "changed" || row.mark === null) return row.mark ?? "full protocol";
  return `NOT THE FULL PROTOCOL [${marks.indexOf(row.mark) + 1}]`;
}

/** Names of a row; groups and variants only where the table has any, folders where the rows are the user's own runs. */
function nameColumns({ rows, mode }: Comparison): SheetColumn[] {
  const run: SheetColumn = { header: "run", cell: (row) => runNames(row).join(", ") };
  const group: SheetColumn = { header: "group", cell: (row) => row.group ?? "" };
  const model: SheetColumn = { header: "model", cell: (row) => row.name };
  const variant: SheetColumn = { header: "variant", cell: (row) => row.variant ?? "" };
  if (mode === "runs") return [run, model];
  return [
    ...rows.some((row) => row.group !== null) ? [group] : [],
    model,
    ...rows.some((row) => row.variant !== null) ? [variant] : [],
  ];
}

function toSheet(
  heading: string,
  columns: readonly SheetColumn[],
  rows: readonly ComparisonRow[],
): Sheet {
  return {
    heading,
    columns: columns.map(({ cell: _, ...column }) => column),
    rows: rows.map((row) => columns.map(({ cell }) => cell(row))),
  };
}

/** Kernels kept and generated per image, many images and one; and the paper's. */
function speedColumns(batch: number): SheetColumn[] {
  return [
    right(`s/image, batch ${batch}`, (row) => seconds(row.secondsPerImage)),
    right("batch 1", (row) => seconds(row.secondsPerSingleImage)),
    right(`generated per image, batch ${batch}`, (row) => seconds(row.exactSecondsPerImage)),
    right("batch 1", (row) => seconds(row.exactSecondsPerSingleImage)),
    right("paper", ({ paper }) => printed(paper?.secondsPerImage, 4)),
  ];
}

function accuracyColumns(): SheetColumn[] {
  return [
    right("top-1 %", ({ top1 }) => percent(top1)),
    right("paper", ({ paper }) => printed(paper?.top1, 2)),
    right("top-5 %", ({ top5 }) => percent(top5)),
    right("paper", ({ paper }) => printed(paper?.top5, 2)),
  ];
}

function resultSheet(comparison: Comparison): Sheet {
  const { rows, columns, speedBatch } = comparison;
  const marks = longMarks(comparison);
  const hasSpeed = columns.includes("secondsPerImage");
  const hasAccuracy = columns.includes("top1") || rows.some(({ top1 }) => top1 !== null);
  return toSheet("Results", [
    ...nameColumns(comparison),
    ...hasAccuracy ? accuracyColumns() : [],
    // Where the paper prints no speed, ours is left to the JSON: the table is wide enough.
    ...hasSpeed ? speedColumns(speedBatch) : [],
    { header: "what it is", cell: (row) => statusOf(row, marks) },
  ], rows);
}

function countedSheet(comparison: Comparison): Sheet {
  const { rows, columns, mode } = comparison;
  const batch = rows[0]?.counted.batch ?? 64;
  const isNarrowed = rows.some(({ counted, countedRun }) =>
    counted.storedParameters !== countedRun.storedParameters
  );
  const of = mode === "runs" ? "the runs" : "the full configuration";
  return toSheet(`Sizes and multiply-adds of ${of}, counted`, [
    ...nameColumns(comparison),
    right("puppeteer MB", ({ counted }) => megabytes(counted.puppeteerMegabytes)),
    right("stored MB", ({ counted }) => megabytes(counted.storedMegabytes)),
    right("paper MB", ({ paper }) => printed(paper?.megabytes, 2)),
    ...isNarrowed
      ? [right("stored MB of the run", ({ countedRun }) => megabytes(countedRun.storedMegabytes))]
      : [],
    right(`tool, batch ${batch}`, ({ counted }) => multiplyAdds(counted.multiplyAddsOfTool)),
    ...columns.includes("gigaMultiplyAdds")
      ? [right("paper G", ({ paper }) => printed(paper?.gigaMultiplyAdds, 2))]
      : [],
    right("forward per image", ({ counted }) => {
      return `${counted.decides ? "<= " : ""}${multiplyAdds(counted.forwardPerImage)}`;
    }),
    right("generation per level", ({ counted }) => multiplyAdds(counted.generationPerLevel)),
    right(
      `image + 1/${batch} generation`,
      ({ counted }) =>
        counted.generationPerLevel === 0 ? NOTHING : multiplyAdds(counted.amortizedPerImage),
    ),
  ], rows);
}

function imagesOf({ trainImages, figures }: ComparedRun): string {
  if (trainImages === null || figures === null) return NOTHING;
  return `${formatCount(trainImages)} / ${formatCount(figures.testImages)}`;
}

function runSheet({ rows }: Comparison): Sheet {
  const lines = rows.flatMap((row) =>
    row.runs.map((run) => [
      row.preset ?? row.model,
      String(run.seed),
      run.state,
      `${run.epochs}/${run.plannedEpochs}`,
      run.dataset,
      imagesOf(run),
      run.trainedOn?.backend ?? NOTHING,
      run.trainingSeconds === null ? NOTHING : formatDuration(run.trainingSeconds),
      (run.figures ?? run.untrainedSpeed)?.measuredOn.backend ?? NOTHING,
      ["missing", "untrained"].includes(run.state) ? NOTHING : run.runDirectory,
    ])
  );
  const columns = ["preset", "seed", "state", "epochs", "data", "train / test images"];
  const places = ["trained on", "time", "measured on", "folder"];
  return {
    heading: "Runs",
    columns: [...columns, ...places].map((header) => ({ header })),
    rows: lines,
  };
}

/**
 * Lays a comparison out as tables of text: results, counted figures, runs.
 *
 * @param comparison The comparison.
 * @returns The tables.
 */
export function comparisonSheets(comparison: Comparison): Sheet[] {
  return [resultSheet(comparison), countedSheet(comparison), runSheet(comparison)];
}

/**
 * The conditions of a comparison as pairs of name and value.
 *
 * @param comparison The comparison.
 * @returns Pairs in reading order.
 */
export function comparisonFacts(comparison: Comparison): [name: string, value: string][] {
  const { conditions, seeds, createdAt, paperSource } = comparison;
  const { backend, device, machine, versions } = conditions;
  const words = [backend, device, machine].filter((word) => word !== null);
  return [
    ["here", words.join(", ")],
    // The backend describes itself above.
    [
      "versions",
      Object.entries(versions).filter(([name]) => name !== "backend")
        .map(([name, value]) => `${name} ${value}`).join(", "),
    ],
    ["seeds", seeds.join(", ")],
    ["time", createdAt],
    ["paper", paperSource],
  ];
}

/**
 * The heading of a comparison.
 *
 * @param comparison The comparison.
 * @returns `Table 5: ...`, with a mark where it is no result.
 */
export function comparisonTitle({ table, title, mode }: Comparison): string {
  const mark = {
    full: "",
    runs: "",
    smoke: " (SMOKE, NOT A RESULT)",
    changed: " (NOT THE FULL PROTOCOL)",
  };
  return `${table === null ? "" : `Table ${table}: `}${title}${mark[mode]}`;
}
