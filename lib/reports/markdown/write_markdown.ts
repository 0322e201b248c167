import { safeText } from "../../safe_text.ts";
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
} from "../report_document.ts";
import { markdownText, renderMarkdownTable } from "./markdown_text.ts";
import { countOf } from "../../count_of.ts";

/** Longer tables of chart values help nobody in a text; CSV has them. */
const CHART_ROWS = 24;
const CONFUSION_CLASSES = 20;

function factLine({ name, cell, note }: Fact): string {
  const extra = note === undefined ? "" : ` (${markdownText(note)})`;
  return `- ${markdownText(name)}: **${markdownText(cell.text)}**${extra}`;
}

/** The values of a chart, one row per place on the horizontal axis. */
function chartTable({ series, xLabel }: Chart): string {
  const places = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))];
  if (places.length > CHART_ROWS || places.length === 0) {
    return `${countOf(places.length, "place")} on the axis; \`--format csv\` has the values.`;
  }
  const columns = [
    { header: xLabel || "name" },
    ...series.map(({ name }) => ({ header: name, align: "right" as const })),
  ];
  const rows = places.map((place) => [
    typeof place === "number" ? String(Number(place.toPrecision(6))) : place,
    ...series.map(({ points }) => {
      const y = points.find(({ x }) => x === place)?.y ?? null;
      return y === null ? "" : String(Number(y.toPrecision(6)));
    }),
  ]);
  return renderMarkdownTable(columns, rows);
}

function confusionTable({ classNames, counts }: ConfusionBlock): string {
  if (classNames.length > CONFUSION_CLASSES) {
    return "Confusion matrix: `--format csv` has its counts.";
  }
  const columns = [
    { header: "true \\ predicted" },
    ...classNames.map((name) => ({ header: name, align: "right" as const })),
  ];
  const rows = counts.map((row, label) => [
    classNames[label] ?? String(label),
    ...row.map(String),
  ]);
  return `**Confusion matrix**\n\n${renderMarkdownTable(columns, rows)}`;
}

/** A fence longer than any in the text. */
function fenced(raw: string): string {
  const text = safeText(raw);
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

function blockLines(block: ReportBlock): string {
  switch (block.kind) {
    case "key-figures":
    case "facts":
      return block.facts.map(factLine).join("\n");
    case "table": {
      const bound = boundRows(block.rows);
      const rows = bound.rows.map((row) => row.map(({ text }) => text));
      const notes = [block.note, bound.note].filter((note) => typeof note === "string");
      const note = notes.length === 0 ? "" : `\n\n${markdownText(notes.join(" "))}`;
      return `**${markdownText(block.caption)}**\n\n${
        renderMarkdownTable(block.columns, rows)
      }${note}`;
    }
    case "chart": {
      const { title, description, yLabel } = block.chart;
      const head = `**${markdownText(title)}**, ${markdownText(yLabel)}. ${
        markdownText(description)
      }`;
      return `${head}\n\n${chartTable(block.chart)}`;
    }
    case "confusion":
      return confusionTable(block);
    case "images":
      return `**${markdownText(block.caption)}**: ${
        block.images.map(({ caption }) => markdownText(caption)).join("; ")
      }. \`--format html\` has the pictures.`;
    case "text":
      return block.paragraphs.map(markdownText).join("\n\n");
    case "missing":
      return `> ${markdownText(block.text)}`;
    case "code":
      return `**${markdownText(block.caption)}**\n\n${fenced(block.text)}`;
  }
}

function sectionLines(section: ReportSection, level: string): string[] {
  return [`${level} ${markdownText(section.title)}`, ...section.blocks.map(blockLines)];
}

function partLines(part: ReportPart, level: string): string[] {
  return [
    `${level} ${markdownText(part.title)}`,
    ...part.subtitle === "" ? [] : [markdownText(part.subtitle)],
    ...isBare(part)
      ? part.sections.flatMap(({ blocks }) => blocks.map(blockLines))
      : part.sections.flatMap((section) => sectionLines(section, `${level}#`)),
  ];
}

/**
 * Writes a report as Markdown.
 *
 * @param document The report.
 * @returns Lines without a trailing line end.
 */
export function writeMarkdown(document: ReportDocument): string {
  const isSingle = document.parts.length === 1;
  const lines = document.parts.flatMap((part) => partLines(part, isSingle ? "#" : "##"));
  return (isSingle ? lines : [`# ${markdownText(document.title)}`, ...lines]).join("\n\n");
}
