import { safeLine, safeText } from "../../safe_text.ts";
import { boundRows } from "../bounds.ts";
import type { Chart } from "../chart.ts";
import { isBare } from "../report_document.ts";
import type {
  ConfusionBlock,
  Fact,
  ReportBlock,
  ReportDocument,
  ReportPart,
  ReportSection,
  TableBlock,
} from "../report_document.ts";
import { layOutFacts, layOutTable, wrapText } from "./lay_out_table.ts";
import { widthOf } from "./text_width.ts";

/** How text is written. */
export interface TextOptions {
  /** Places in a line: those of the terminal. */
  readonly width: number;
  /** Marks a heading, for example with the bold type of a terminal. @default as it is */
  readonly heading?: (text: string) => string;
  /** With confusion matrices, where they fit. @default true */
  readonly matrix?: boolean;
}

/** Sentences are read badly in longer lines. */
const LONGEST_SENTENCE_LINE = 100;

/** A chart of bars is drawn up to as many. */
const DRAWN_BARS = 24;
const BAR_WIDTH = 40;

function sentences(text: string, width: number): string {
  return wrapText(text, Math.min(width, LONGEST_SENTENCE_LINE)).join("\n");
}

function factsText(facts: readonly Fact[], width: number): string {
  const entries = facts.map(({ name, cell, note }): [string, string] => [
    name,
    note === undefined ? cell.text : `${cell.text} (${note})`,
  ]);
  return layOutFacts(entries, width);
}

function tableText(block: TableBlock, { width, heading = String }: Required<TextOptions>): string {
  const { rows, gap, note } = boundRows(block.rows);
  const cells = rows.map((row) => row.map(({ text }) => text));
  const marked = gap === null
    ? cells
    : [...cells.slice(0, gap), block.columns.map(() => "..."), ...cells.slice(gap)];
  return [
    heading(safeLine(block.caption)),
    layOutTable(block.columns, marked, width),
    ...[block.note, note].flatMap((text) =>
      typeof text === "string" ? [sentences(text, width)] : []
    ),
  ].join("\n");
}

/** Bars of one series are drawn; of other charts the description has to do. */
function chartText(
  { title, description, yLabel, series, xLabel }: Chart,
  options: Required<TextOptions>,
) {
  const [only] = series;
  const head = options.heading(safeLine(title));
  const text = sentences(description, options.width);
  const points = only?.points ?? [];
  if (series.length !== 1 || only?.mark !== "bar" || points.length > DRAWN_BARS) {
    return `${head}\n${text}`;
  }
  const largest = points.reduce((most, { y }) => Math.max(most, y ?? 0), 0);
  const rows = points.map(({ x, y }) => [
    typeof x === "number" ? String(Number(x.toPrecision(4))) : x,
    y === null ? "" : Number(y.toPrecision(6)).toLocaleString("en-US"),
    largest > 0 ? "#".repeat(Math.round((y ?? 0) / largest * BAR_WIDTH)) : "",
  ]);
  const columns = [
    { header: xLabel || "name", align: "right" as const },
    { header: yLabel, align: "right" as const },
    { header: "" },
  ];
  return [head, layOutTable(columns, rows, options.width), text].join("\n");
}

/** Rows are true classes, columns predicted ones by number; where they do not fit, there is a better form for them. */
function confusionText(block: ConfusionBlock, { width, heading }: Required<TextOptions>): string {
  const { classNames, counts } = block;
  const columns = [
    { header: "true \\ predicted" },
    ...classNames.map((_, index) => ({ header: String(index), align: "right" as const })),
  ];
  const rows = counts.map((row, label) => [
    `${label} ${classNames[label] ?? ""}`,
    ...row.map(String),
  ]);
  const table = classNames.length > width / 3 ? null : layOutTable(columns, rows);
  const fits = table !== null && table.indexOf("\n") <= width;
  const none =
    `Confusion matrix: ${classNames.length} classes are too many for ${width} columns; the formats ` +
    "csv and json have all counts.";
  return fits ? `${heading("Confusion matrix")}\n${table}` : sentences(none, width);
}

function blockText(block: ReportBlock, options: Required<TextOptions>): string {
  const { width, heading } = options;
  switch (block.kind) {
    case "key-figures":
    case "facts":
      return factsText(block.facts, width);
    case "table":
      return tableText(block, options);
    case "chart":
      return chartText(block.chart, options);
    case "confusion":
      return confusionText(block, options);
    case "images":
      return sentences(`Pictures, in the format html: ${block.caption}.`, width);
    case "text":
      return block.paragraphs.map((text) => sentences(text, width)).join("\n");
    case "missing":
      return sentences(`Not here: ${block.text}`, width);
    case "code": {
      const lines = safeText(block.text).split("\n").map((line) => `  ${line}`);
      return [heading(safeLine(block.caption)), ...lines].join("\n");
    }
  }
}

/** Key figures and the facts after them stand in one list, and so do pictures, of which there is only the name here. */
function joinLists(blocks: readonly ReportBlock[]): ReportBlock[] {
  const joined: ReportBlock[] = [];
  for (const block of blocks) {
    const last = joined.at(-1);
    const isList = block.kind === "facts" || block.kind === "key-figures";
    if (isList && (last?.kind === "facts" || last?.kind === "key-figures")) {
      joined[joined.length - 1] = { kind: "facts", facts: [...last.facts, ...block.facts] };
    } else if (block.kind === "images" && last?.kind === "images") {
      joined[joined.length - 1] = { ...last, caption: `${last.caption}; ${block.caption}` };
    } else joined.push(block);
  }
  return joined;
}

/** The first section follows the title; one whose first table has its name needs no heading of its own. */
function sectionText(
  { title, blocks }: ReportSection,
  options: Required<TextOptions> & { readonly isFirst: boolean },
): string {
  const [first] = blocks;
  const isNamed = first?.kind === "table" && first.caption === title;
  const shown = blocks.filter(({ kind }) => kind !== "confusion" || options.matrix);
  const text = joinLists(shown).map((block) => blockText(block, options)).join("\n\n");
  return options.isFirst || isNamed ? text : `${headingText(title, "-", options)}\n${text}`;
}

function headingText(title: string, line: string, { heading }: Required<TextOptions>): string {
  const text = safeLine(title);
  return `${heading(text)}\n${line.repeat(widthOf(text))}`;
}

function partText(part: ReportPart, options: Required<TextOptions>): string {
  const sections = part.sections.map((section, at) =>
    sectionText(section, { ...options, isFirst: at === 0 })
  );
  if (isBare(part) || part.title === "") return sections.join("\n\n");
  const subtitle = part.subtitle === "" ? [] : [sentences(part.subtitle, options.width)];
  const head = [headingText(part.title, "=", options), ...subtitle].join("\n");
  return [head, ...sections].join("\n\n");
}

/**
 * Writes a document for a terminal: aligned columns, at most as wide as it is where that can be.
 *
 * @param document The document.
 * @param options Width of the terminal, and how headings are marked.
 * @returns Lines without a trailing line end.
 */
export function writeText(document: ReportDocument, options: TextOptions): string {
  const complete = { heading: (text: string) => text, matrix: true, ...options };
  return document.parts.map((part) => partText(part, complete)).join("\n\n\n");
}
