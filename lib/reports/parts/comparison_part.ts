import type {
  ComparedRun,
  Comparison,
  ComparisonRow,
  SeedStatistics,
} from "../../paper/comparison.ts";
import {
  countCell,
  decimalCell,
  durationCell,
  megabyteCell,
  shareCell,
  significantCell,
  textCell,
  workCell,
} from "../cells.ts";
import type { Chart, ChartPoint } from "../chart.ts";
import { comparisonConditions } from "./comparison_conditions.ts";
import { rowNames } from "./row_name.ts";
import type { Cell, ReportBlock, ReportColumn, ReportPart } from "../report_document.ts";

function right(header: string): ReportColumn {
  return { header, align: "right" };
}

/** Mean in percent, spread in points, number of runs. */
function statisticsCell(statistics: SeedStatistics | null): Cell {
  if (statistics === null) return shareCell(null);
  const { mean, deviation, n } = statistics;
  const { value, text } = shareCell(mean);
  const spread = deviation === null ? "" : ` \u00b1 ${(deviation * 100).toFixed(2)}`;
  return { value, text: `${text}${spread}${n > 1 ? `, ${n} runs` : ""}` };
}

/** Mean and spread of wall times in seconds. */
function secondsCell(statistics: SeedStatistics | null): Cell {
  const { value, text } = significantCell(statistics?.mean ?? null);
  const deviation = statistics?.deviation ?? null;
  return { value, text: deviation === null ? text : `${text} \u00b1 ${deviation.toPrecision(2)}` };
}

/** The paper prints percent with two decimals. */
function percentCell(value: number | null): Cell {
  const { text } = decimalCell(value, 2);
  return { value, text: value === null ? text : `${text} %` };
}

/** Two columns, ours and the paper's, for every column that the paper's table has. */
function resultColumns({ columns }: Comparison): {
  readonly headers: readonly string[];
  readonly cells: (row: ComparisonRow) => Cell[];
} {
  const pairs: Readonly<
    Record<Comparison["columns"][number], readonly [string, (row: ComparisonRow) => [Cell, Cell]]>
  > = {
    top1: ["Top-1", (row) => [statisticsCell(row.top1), percentCell(row.paper?.top1 ?? null)]],
    top5: ["Top-5", (row) => [statisticsCell(row.top5), percentCell(row.paper?.top5 ?? null)]],
    megabytes: ["size", (row) => [
      megabyteCell(row.counted.paperColumnMegabytes),
      megabyteCell(row.paper?.megabytes ?? null),
    ]],
    secondsPerImage: ["s/image", (row) => [
      secondsCell(row.secondsPerImage),
      decimalCell(row.paper?.secondsPerImage ?? null, 4),
    ]],
    gigaMultiplyAdds: ["multiply-adds of the tool", (row) => [
      workCell(row.counted.multiplyAddsOfTool),
      workCell(scaled(row.paper?.gigaMultiplyAdds ?? null)),
    ]],
  };
  return {
    headers: columns.flatMap((column) => [pairs[column][0], `paper, ${pairs[column][0]}`]),
    cells: (row) => columns.flatMap((column) => pairs[column][1](row)),
  };
}

function scaled(giga: number | null): number | null {
  return giga === null ? null : giga * 1e9;
}

/** Changes of the protocol stand below the table once, not in every row. */
function markCell({ mark, protocol }: ComparisonRow): Cell {
  if (mark === null || protocol !== "changed") return textCell(mark);
  const [, ...others] = mark.split("; ");
  return { value: mark, text: ["not the full protocol, see below", ...others].join("; ") };
}

function marksOf({ rows }: Comparison): string[] {
  const marks = rows.flatMap(({ mark, protocol }) =>
    mark === null || protocol !== "changed" ? [] : [`${mark.split("; ")[0]!}.`]
  );
  return [...new Set(marks)].map((mark) => mark[0]!.toUpperCase() + mark.slice(1));
}

function resultTable(comparison: Comparison): ReportBlock {
  const { headers, cells } = resultColumns(comparison);
  const { rows, table } = comparison;
  const names = rowNames(rows);
  const hasGroups = rows.some(({ group }) => group !== null);
  return {
    kind: "table",
    caption: table === null ? "Runs side by side" : "Ours beside the paper",
    columns: [
      { header: "model" },
      ...hasGroups ? [{ header: "group" }] : [],
      ...headers.map(right),
      { header: "remark" },
    ],
    rows: rows.map((row, at) => [
      textCell(names[at]!),
      ...hasGroups ? [textCell(row.group)] : [],
      ...cells(row),
      markCell(row),
    ]),
    note: [...marksOf(comparison), `${comparison.paperSource}.`].join(" "),
  };
}

function top1Chart({ rows }: Comparison): Chart | null {
  const names = rowNames(rows);
  const ours = rows.map((row, at): ChartPoint => ({
    x: names[at]!,
    y: row.top1 === null ? null : row.top1.mean * 100,
  }));
  const paper = rows.map((row, at): ChartPoint => ({
    x: names[at]!,
    y: row.paper?.top1 ?? null,
  }));
  if (![...ours, ...paper].some(({ y }) => y !== null)) return null;
  const found = ours.filter(({ y }) => y !== null).length;
  return {
    title: "Top-1",
    description:
      `Ours, mean over the seeds, for ${found} of ${rows.length} rows; beside it what the paper prints.`,
    xLabel: "",
    yLabel: "%",
    xScale: "category",
    series: [
      { name: "this toolkit", mark: "bar", points: ours },
      ...paper.some(({ y }) => y !== null)
        ? [{ name: "the paper", mark: "bar" as const, points: paper }]
        : [],
    ],
  };
}

/** Accuracy against size: what the paper's models are about. */
function sizeChart({ rows }: Comparison): Chart | null {
  const names = rowNames(rows);
  const series = rows.flatMap((row, at) =>
    row.top1 === null ? [] : [{
      name: names[at]!,
      mark: "point" as const,
      points: [{ x: row.countedRun.storedMegabytes, y: row.top1.mean * 100 }],
    }]
  );
  if (series.length < 2) return null;
  return {
    title: "Top-1 against size",
    description: "Everything that the model stores, and the mean over the seeds.",
    xLabel: "stored, MB",
    yLabel: "%",
    xScale: "log",
    series,
  };
}

function sizesTable({ rows }: Comparison): ReportBlock {
  const names = rowNames(rows);
  const batch = rows[0]?.counted.batch ?? 64;
  const headers = [
    ...["puppeteer", "everything stored", "stored by the run", `tool, batch ${batch}`],
    ...["per image", "generation", `image and 1/${batch} generation`],
  ];
  return {
    kind: "table",
    caption: "Sizes and multiply-adds",
    columns: [{ header: "model" }, ...headers.map(right)],
    rows: rows.map((row, at) => [
      textCell(names[at]!),
      megabyteCell(row.counted.puppeteerMegabytes),
      megabyteCell(row.counted.storedMegabytes),
      megabyteCell(row.countedRun.storedMegabytes),
      workCell(row.counted.multiplyAddsOfTool),
      workCell(row.counted.forwardPerImage),
      workCell(row.counted.generationPerLevel),
      workCell(row.counted.amortizedPerImage),
    ]),
    note:
      "Counted for the full protocol, and what the model of the run stores. Tool: by the rule of the paper's tool. " +
      "Generation: of all kernels of one level, once for all its images.",
  };
}

function speedTable({ rows, speedBatch }: Comparison): ReportBlock[] {
  if (rows.every(({ secondsPerImage }) => secondsPerImage === null)) return [];
  const names = rowNames(rows);
  const headers = [
    ...[`kernels kept, batch ${speedBatch}`, "kernels kept, batch 1"],
    ...[`generated per image, batch ${speedBatch}`, "generated per image, batch 1", "paper"],
  ];
  return [{
    kind: "table",
    caption: "Speed, seconds per image",
    columns: [{ header: "model" }, ...headers.map(right)],
    rows: rows.map((row, at) => [
      textCell(names[at]!),
      secondsCell(row.secondsPerImage),
      secondsCell(row.secondsPerSingleImage),
      secondsCell(row.exactSecondsPerImage),
      secondsCell(row.exactSecondsPerSingleImage),
      decimalCell(row.paper?.secondsPerImage ?? null, 4),
    ]),
    note: "Whole pipeline, median of the repetitions; the paper's machine is another.",
  }];
}

function runCells(name: string, run: ComparedRun): Cell[] {
  const { figures } = run;
  return [
    textCell(name),
    countCell(run.seed),
    textCell(run.state),
    countCell(run.epochs),
    countCell(run.trainImages),
    shareCell(figures?.top1 ?? null),
    shareCell(figures?.top5 ?? null),
    shareCell(figures?.trainTop1 ?? null),
    decimalCell(figures?.meanDepth ?? null, 2),
    durationCell(run.trainingSeconds),
    textCell(["missing", "untrained"].includes(run.state) ? null : run.runDirectory),
  ];
}

function runsTable({ rows }: Comparison): ReportBlock {
  const names = rowNames(rows);
  return {
    kind: "table",
    caption: "Runs",
    columns: [
      { header: "model" },
      right("seed"),
      { header: "state" },
      ...["epochs", "images", "Top-1", "Top-5", "training Top-1", "depth", "training"].map(right),
      { header: "folder" },
    ],
    rows: rows.flatMap((row, at) => row.runs.map((run) => runCells(names[at]!, run))),
  };
}

/**
 * What a report says of a comparison.
 *
 * @param comparison The document of `compare --json` or of a table's reproduction.
 * @returns Table, charts, runs, conditions.
 */
export function comparisonPart(comparison: Comparison): ReportPart {
  const { rows, notes, mode } = comparison;
  const charts: ReportBlock[] = [top1Chart(comparison), sizeChart(comparison)]
    .flatMap((chart) => chart === null ? [] : [{ kind: "chart", chart, wide: rows.length > 5 }]);
  const found = rows.filter(({ top1 }) => top1 !== null).length;
  const isTimedOnly = rows.every(({ runs }) =>
    runs.length > 0 && runs.every(({ state }) => state === "untrained")
  );
  const modes: Readonly<Record<Comparison["mode"], string>> = {
    full: "the paper's protocol",
    changed: "not the paper's protocol",
    smoke: "runs of seconds that show that everything works; their figures are no result",
    runs: "runs as they are",
  };
  return {
    title: comparison.table === null
      ? comparison.title
      : `Table ${comparison.table}: ${comparison.title}`,
    subtitle: [
      modes[mode],
      isTimedOnly
        ? "nothing trained, since the paper's table has no accuracy"
        : `${found} of ${rows.length} rows have a finished run`,
    ].join("; "),
    sections: [
      {
        title: "Result",
        blocks: [
          resultTable(comparison),
          ...notes.length === 0 ? [] : [{ kind: "text" as const, paragraphs: notes, small: true }],
          ...charts,
        ],
      },
      {
        title: "Sizes and runs",
        blocks: [sizesTable(comparison), ...speedTable(comparison), runsTable(comparison)],
      },
      comparisonConditions(comparison),
    ],
  };
}
