import type {
  ComparedRun,
  Comparison,
  ComparisonRow,
  SeedStatistics,
} from "../../experiments/comparison/comparison.ts";
import {
  countCell,
  decimalCell,
  durationCell,
  fact,
  megabyteCell,
  shareCell,
  significantCell,
  textCell,
  workCell,
} from "../cells.ts";
import type { Chart, ChartPoint } from "../chart.ts";
import type {
  Cell,
  ReportBlock,
  ReportColumn,
  ReportPart,
  ReportSection,
} from "../report_document.ts";

function right(header: string): ReportColumn {
  return { header, align: "right" };
}

function nameOf({ name, variant, group }: ComparisonRow): string {
  return [name, variant, group].filter((word) => word !== null).join(", ");
}

/** `72.51 % +- 0.30, n 3` */
function statisticsCell(statistics: SeedStatistics | null): Cell {
  if (statistics === null) return shareCell(null);
  const { mean, deviation, n } = statistics;
  const { value, text } = shareCell(mean);
  const spread = deviation === null ? "" : ` \u00b1 ${(deviation * 100).toFixed(2)}`;
  return { value, text: `${text}${spread}${n > 1 ? `, ${n} runs` : ""}` };
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
      significantCell(row.secondsPerImage?.mean ?? null),
      significantCell(row.paper?.secondsPerImage ?? null),
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

function resultTable(comparison: Comparison): ReportBlock {
  const { headers, cells } = resultColumns(comparison);
  return {
    kind: "table",
    caption: comparison.table === null ? "Runs side by side" : "Ours beside the paper",
    columns: [{ header: "model" }, ...headers.map(right), { header: "remark" }],
    rows: comparison.rows.map((row) => [textCell(nameOf(row)), ...cells(row), textCell(row.mark)]),
    note: comparison.paperSource,
  };
}

function top1Chart({ rows }: Comparison): Chart | null {
  const ours = rows.map((row): ChartPoint => ({
    x: nameOf(row),
    y: row.top1 === null ? null : row.top1.mean * 100,
  }));
  const paper = rows.map((row): ChartPoint => ({ x: nameOf(row), y: row.paper?.top1 ?? null }));
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
  const series = rows.flatMap((row) =>
    row.top1 === null ? [] : [{
      name: nameOf(row),
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
  const headers = [
    "puppeteer",
    "everything stored",
    "per image",
    "generation",
    "s/image, generated",
    "s/image, one image",
  ];
  return {
    kind: "table",
    caption: "Sizes, work and speed",
    columns: [{ header: "model" }, ...headers.map(right)],
    rows: rows.map((row) => [
      textCell(nameOf(row)),
      megabyteCell(row.countedRun.puppeteerMegabytes),
      megabyteCell(row.countedRun.storedMegabytes),
      workCell(row.countedRun.forwardPerImage),
      workCell(row.countedRun.generationPerLevel),
      significantCell(row.exactSecondsPerImage?.mean ?? null),
      significantCell(row.secondsPerSingleImage?.mean ?? null),
    ]),
    note:
      "Of the models that were run. Per image and generation: multiply-adds. Generated: kernels made for every image.",
  };
}

function runCells(row: ComparisonRow, run: ComparedRun): Cell[] {
  const { figures } = run;
  return [
    textCell(nameOf(row)),
    countCell(run.seed),
    textCell(run.state),
    countCell(run.epochs),
    countCell(run.trainImages),
    shareCell(figures?.top1 ?? null),
    shareCell(figures?.top5 ?? null),
    shareCell(figures?.trainTop1 ?? null),
    decimalCell(figures?.meanDepth ?? null, 2),
    durationCell(run.trainingSeconds),
    textCell(run.runDirectory),
  ];
}

function runsTable({ rows }: Comparison): ReportBlock {
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
    rows: rows.flatMap((row) => row.runs.map((run) => runCells(row, run))),
  };
}

/** What differs from the protocol, row by row. */
function changesTable({ rows }: Comparison): ReportBlock[] {
  const changes = rows.flatMap((row) =>
    row.changes.map(({ path, protocol, run }) => [
      textCell(nameOf(row)),
      textCell(path),
      textCell(protocol),
      textCell(run),
    ])
  );
  if (changes.length === 0) return [];
  return [{
    kind: "table",
    caption: "Changed from the protocol",
    columns: ["model", "key", "protocol", "these runs"].map((header) => ({ header })),
    rows: changes,
  }];
}

function conditionsSection(comparison: Comparison): ReportSection {
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
          ...Object.entries(conditions.versions).map(([name, version]) =>
            fact(name, textCell(version))
          ),
        ],
      },
      { kind: "code", caption: "Made by", text: `deno task puppet ${argv.join(" ")}` },
    ],
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
  const modes: Readonly<Record<Comparison["mode"], string>> = {
    full: "the paper's protocol",
    changed: "not the paper's protocol",
    smoke: "runs of seconds that show that everything works; their figures are no result",
    runs: "runs as they are",
  };
  return {
    title: comparison.title,
    subtitle: [
      ...comparison.table === null ? [] : [`Table ${comparison.table}`],
      modes[mode],
      `${found} of ${rows.length} rows have a finished run`,
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
      { title: "Sizes and runs", blocks: [sizesTable(comparison), runsTable(comparison)] },
      conditionsSection(comparison),
    ],
  };
}
