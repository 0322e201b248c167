import type {
  ComparedRun,
  Comparison,
  ComparisonRow,
  PaperColumn,
  SeedStatistics,
} from "../../paper/comparison.ts";
import {
  countCell,
  decimalCell,
  depthCell,
  durationCell,
  megabyteCell,
  secondsCell,
  shareCell,
  textCell,
  workCell,
} from "../cells.ts";
import { tellingTop5 } from "../../evaluation/telling_top5.ts";
import { chartBlocks } from "../chart_blocks.ts";
import { type Column, numbers, tableOf, words } from "../table.ts";
import { comparisonCharts } from "./comparison_charts.ts";
import { comparisonConditions } from "./comparison_conditions.ts";
import { rowNames } from "./row_name.ts";
import type { Cell, ReportBlock, ReportPart } from "../report_document.ts";
import { countOf } from "../../count_of.ts";

type RowColumn = Column<ComparisonRow>;

/** Mean in percent, spread in points, number of runs. */
function statisticsCell(statistics: SeedStatistics | null): Cell {
  if (statistics === null) return shareCell(null);
  const { mean, deviation, n } = statistics;
  const { value, text } = shareCell(mean);
  const spread = deviation === null ? "" : ` \u00b1 ${(deviation * 100).toFixed(2)}`;
  return { value, text: `${text}${spread}${n > 1 ? `, ${n} runs` : ""}` };
}

/** Mean and spread of wall times in seconds. */
function timesCell(statistics: SeedStatistics | null): Cell {
  const { value, text } = secondsCell(statistics?.mean ?? null);
  const deviation = statistics?.deviation ?? null;
  return {
    value,
    text: deviation === null ? text : `${text} \u00b1 ${secondsCell(deviation).text}`,
  };
}

/** The paper prints percent with two decimals. */
function percentCell(value: number | null): Cell {
  const { text } = decimalCell(value, 2);
  return { value, text: value === null ? text : `${text} %` };
}

/** The name of the row; of the user's own runs also the model. */
function nameColumns({ mode }: Comparison, names: readonly string[]): RowColumn[] {
  const name = (header: string): RowColumn => words(header, (_, at) => textCell(names[at]));
  return mode === "runs"
    ? [name("run"), words("model", ({ model }) => textCell(model))]
    : [name("model")];
}

/** Every column that the paper's table has: ours and the paper's. */
const RESULT_COLUMNS: Readonly<Record<PaperColumn, readonly RowColumn[]>> = {
  top1: [
    numbers("Top-1", ({ top1 }) => statisticsCell(top1)),
    numbers("paper, Top-1", ({ paper }) => percentCell(paper?.top1 ?? null)),
  ],
  top5: [
    numbers("Top-5", ({ top5 }) => statisticsCell(top5)),
    numbers("paper, Top-5", ({ paper }) => percentCell(paper?.top5 ?? null)),
  ],
  megabytes: [
    numbers("size", ({ counted }) => megabyteCell(counted.paperColumnMegabytes)),
    numbers("paper, size", ({ paper }) => megabyteCell(paper?.megabytes ?? null)),
  ],
  secondsPerImage: [
    // What an exact model does is generated for every image.
    numbers("s/image", (row) => timesCell(row.secondsPerImage ?? row.exactSecondsPerImage)),
    numbers("paper, s/image", ({ paper }) => decimalCell(paper?.secondsPerImage ?? null, 4)),
  ],
  gigaMultiplyAdds: [
    numbers("multiply-adds of the tool", ({ counted }) => workCell(counted.multiplyAddsOfTool)),
    numbers("paper, of the tool", ({ paper }) => {
      const giga = paper?.gigaMultiplyAdds ?? null;
      return workCell(giga === null ? null : giga * 1e9);
    }),
  ],
};

/** Of runs of one's own what is stored, all of it; the paper counts the puppeteer alone. */
const STORED: RowColumn = numbers(
  "stored",
  ({ counted }) => megabyteCell(counted.storedMegabytes),
);

/** Without those of the paper where it prints nothing for any row: runs that belong to no table of it. */
function withoutEmptyPaper(columns: readonly RowColumn[], rows: readonly ComparisonRow[]) {
  return columns.filter(({ header, cell }) =>
    !/^paper\b/.test(header) || rows.some((row, at) => cell(row, at).value !== null)
  );
}

/** Changes of the protocol stand below the table once, not in every row. */
function markCell({ mark, protocol }: ComparisonRow): Cell {
  if (mark === null) return { value: null, text: protocol === "full" ? "full protocol" : "\u2013" };
  if (protocol !== "changed") return textCell(mark);
  const [, ...others] = mark.split("; ");
  return { value: mark, text: ["not the full protocol, see below", ...others].join("; ") };
}

/** More sentences of changed keys are a wall of text; a table has them in order. */
const MOST_MARKS = 3;

/** One sentence for all rows, or one with the names of its rows for each of several. */
function marksOf({ rows }: Comparison, names: readonly string[]): string[] {
  const marks = rows.flatMap(({ mark, protocol }, at) =>
    mark === null || protocol !== "changed" ? [] : [{ at, mark: mark.split("; ")[0]! }]
  );
  const byMark = [...Map.groupBy(marks, ({ mark }) => mark)];
  if (byMark.length > MOST_MARKS) {
    return ["What each row changes is listed under Conditions."];
  }
  if (byMark.length === 1) {
    return byMark.map(([mark]) => `${mark[0]!.toUpperCase()}${mark.slice(1)}.`);
  }
  return byMark.map(([mark, found]) => `${found.map(({ at }) => names[at]).join("; ")}: ${mark}.`);
}

function resultTable(comparison: Comparison, names: readonly string[]): ReportBlock {
  const { rows, table, columns, paperSource, mode } = comparison;
  const hasPaper = rows.some(({ paper }) => paper !== null);
  return tableOf(
    table === null ? "Runs side by side" : "Ours beside the paper",
    rows,
    [
      ...nameColumns(comparison, names),
      ...mode !== "runs" && rows.some(({ group }) => group !== null)
        ? [words<ComparisonRow>("group", ({ group }) => textCell(group))]
        : [],
      ...withoutEmptyPaper(
        columns.flatMap((column) =>
          mode === "runs" && column === "megabytes" ? [STORED] : RESULT_COLUMNS[column]
        ),
        rows,
      ),
      words("remark", markCell),
    ],
    [...marksOf(comparison, names), ...hasPaper ? [`${paperSource}.`] : []].join(" ") || undefined,
  );
}

/** The most where the network decides. */
function forwardCell({ counted }: ComparisonRow): Cell {
  const { value, text } = workCell(counted.forwardPerImage);
  return { value, text: `${counted.decides ? "at most " : ""}${text}` };
}

function sizesTable(comparison: Comparison, names: readonly string[]): ReportBlock {
  const { rows, mode } = comparison;
  const batch = rows[0]?.counted.batch ?? 64;
  // Runs of no table are counted as they are.
  const ofProtocol = mode !== "runs";
  return tableOf<ComparisonRow>(
    "Sizes and multiply-adds",
    rows,
    [
      ...nameColumns(comparison, names),
      numbers("puppeteer", ({ counted }) => megabyteCell(counted.puppeteerMegabytes)),
      numbers("everything stored", ({ counted }) => megabyteCell(counted.storedMegabytes)),
      ...ofProtocol
        ? [numbers<ComparisonRow>("stored by the run", ({ countedRun }) => {
          return megabyteCell(countedRun.storedMegabytes);
        })]
        : [],
      numbers(`tool, batch ${batch}`, ({ counted }) => workCell(counted.multiplyAddsOfTool)),
      numbers("per image", forwardCell),
      numbers("generation", ({ counted }) => workCell(counted.generationPerLevel || null)),
      numbers("image and share of generation", ({ counted }) => {
        return workCell(counted.generationPerLevel === 0 ? null : counted.amortizedPerImage);
      }),
    ],
    `${
      ofProtocol
        ? "Counted for the full protocol, and what the model of the run stores."
        : "Counted for the models of the runs at the reference complexity: what images cost follows their levels."
    } Tool: by the rule of the paper's tool. ` +
      `Generation: of all kernels of one level, once for all its images. Share: 1/${batch}, in exact mode all of it.`,
  );
}

function speedTable(comparison: Comparison, names: readonly string[]): ReportBlock[] {
  const { rows, speedBatch } = comparison;
  const isTimed = (row: ComparisonRow) => row.secondsPerImage ?? row.exactSecondsPerImage;
  if (!rows.some(isTimed)) return [];
  const columns: RowColumn[] = [
    ...nameColumns(comparison, names),
    numbers(`kernels kept, batch ${speedBatch}`, (row) => timesCell(row.secondsPerImage)),
    numbers("kernels kept, batch 1", (row) => timesCell(row.secondsPerSingleImage)),
    numbers(
      `generated per image, batch ${speedBatch}`,
      (row) => timesCell(row.exactSecondsPerImage),
    ),
    numbers("generated per image, batch 1", (row) => timesCell(row.exactSecondsPerSingleImage)),
    numbers("paper", ({ paper }) => decimalCell(paper?.secondsPerImage ?? null, 4)),
  ];
  return [tableOf(
    "Speed, seconds per image",
    rows,
    withoutEmptyPaper(columns, rows),
    "Whole pipeline, median of the repetitions" +
      (rows.some(({ paper }) => paper !== null) ? "; the paper's machine is another." : "."),
  )];
}

/** A run, and what its row is called. */
interface RowRun {
  readonly name: string;
  readonly run: ComparedRun;
  /** Whether the network decides for every image how much of it is run. */
  readonly decides: boolean;
}

function runsTable({ rows }: Comparison, names: readonly string[]): ReportBlock {
  const runs = rows.flatMap((row, at) =>
    row.runs.map((run): RowRun => ({
      ...{ name: names[at]!, run },
      decides: row.counted?.decides ?? false,
    }))
  );
  return tableOf("Runs", runs, [
    words("row", ({ name }) => textCell(name)),
    numbers("seed", ({ run }) => countCell(run.seed)),
    words("state", ({ run }) => textCell(run.state)),
    numbers(
      "epochs",
      ({ run }) => ({ value: run.epochs, text: `${run.epochs}/${run.plannedEpochs}` }),
    ),
    words("data", ({ run }) => textCell(run.dataset)),
    numbers("training images", ({ run }) => countCell(run.trainImages)),
    numbers("test images", ({ run }) => countCell(run.figures?.testImages ?? null)),
    numbers("Top-1", ({ run }) => shareCell(run.figures?.top1 ?? null)),
    ...runs.some(({ run: { figures } }) => tellingTop5(figures) !== null)
      ? [numbers<RowRun>("Top-5", ({ run }) => shareCell(tellingTop5(run.figures)))]
      : [],
    numbers("training Top-1", ({ run }) => shareCell(run.figures?.trainTop1 ?? null)),
    numbers("depth", ({ run, decides }) => {
      return depthCell(run.figures?.meanDepth ?? null, decides);
    }),
    numbers("training", ({ run }) => durationCell(run.trainingSeconds)),
    words("trained on", ({ run }) => textCell(run.trainedOn?.backend)),
    words("measured on", ({ run }) => {
      return textCell((run.figures ?? run.untrainedSpeed)?.measuredOn.backend);
    }),
    words("folder", ({ run }) => {
      return textCell(["missing", "untrained"].includes(run.state) ? null : run.runDirectory);
    }),
  ]);
}

const MODES: Readonly<Record<Comparison["mode"], string>> = {
  full: "the paper's protocol",
  changed: "not the full protocol",
  smoke: "smoke runs of seconds that show that everything works; their figures are not a result",
  runs: "runs as they are",
};

/** What must be seen before any figure. */
const TITLE_MARKS: Readonly<Record<Comparison["mode"], string>> = {
  full: "",
  runs: "",
  changed: " (NOT THE FULL PROTOCOL)",
  smoke: " (SMOKE, NOT A RESULT)",
};

/**
 * What a report says of a comparison.
 *
 * @param comparison The document of `compare --json` or of a table's reproduction.
 * @param program How the program is called (default: as from a checkout).
 * @returns Table, charts, runs, conditions.
 */
export function comparisonPart(comparison: Comparison, program?: string): ReportPart {
  const { rows, notes, mode, table, title } = comparison;
  const names = rowNames(rows, mode);
  const found = rows.filter(({ top1 }) => top1 !== null).length;
  const isTimedOnly = rows.every(({ runs }) =>
    runs.length > 0 && runs.every(({ state }) => state === "untrained")
  );
  const state = isTimedOnly
    ? "nothing trained, since the paper's table has no accuracy"
    : `${found} of ${countOf(rows.length, "row")} ${found === 1 ? "has" : "have"} a finished run`;
  return {
    title: `${table === null ? "" : `Table ${table}: `}${title}${TITLE_MARKS[mode]}`,
    subtitle: `${MODES[mode]}; ${state}`,
    sections: [
      {
        title: "Result",
        blocks: [
          resultTable(comparison, names),
          ...notes.length === 0 ? [] : [{ kind: "text" as const, paragraphs: notes, small: true }],
          ...chartBlocks(comparisonCharts(comparison, names), { wide: rows.length > 5 }),
        ],
      },
      {
        title: "Sizes and runs",
        blocks: [
          sizesTable(comparison, names),
          ...speedTable(comparison, names),
          runsTable(comparison, names),
        ],
      },
      comparisonConditions(comparison, program),
    ],
  };
}
