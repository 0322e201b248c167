import type { Chart } from "./chart.ts";

/** A value with the words in which it is shown. Every format takes it from here, so that none can disagree. */
export interface Cell {
  /** The value itself, unrounded; `null` where there is none. */
  readonly value: string | number | boolean | null;
  /** What a reader sees. */
  readonly text: string;
}

/** A name with its value. */
export interface Fact {
  /** What it is. */
  readonly name: string;
  /** Its value. */
  readonly cell: Cell;
  /** A few words more. */
  readonly note?: string;
}

/** A column of a table. */
export interface ReportColumn {
  /** Heading; never empty. */
  readonly header: string;
  /** Side on which the cells stand. @default "left" */
  readonly align?: "left" | "right";
}

/** The few figures that say most, set large. */
export interface KeyFiguresBlock {
  /** Tells blocks apart. */
  readonly kind: "key-figures";
  /** The figures. */
  readonly facts: readonly Fact[];
}

/** Names and values. */
export interface FactsBlock {
  /** Tells blocks apart. */
  readonly kind: "facts";
  /** The entries. */
  readonly facts: readonly Fact[];
}

/** A table; the first cell of a row names the row, and where it is empty, the row goes on with the one above. */
export interface TableBlock {
  /** Tells blocks apart. */
  readonly kind: "table";
  /** Heading. */
  readonly caption: string;
  /** Columns. */
  readonly columns: readonly ReportColumn[];
  /** Rows, as many cells as columns. */
  readonly rows: readonly (readonly Cell[])[];
  /** What has to be known to read it. */
  readonly note?: string;
}

/** A chart. */
export interface ChartBlock {
  /** Tells blocks apart. */
  readonly kind: "chart";
  /** What is drawn. */
  readonly chart: Chart;
  /** Takes the whole width of the page. @default false */
  readonly wide?: boolean;
}

/** Which classes are taken for which. */
export interface ConfusionBlock {
  /** Tells blocks apart. */
  readonly kind: "confusion";
  /** Class names in the order of the labels. */
  readonly classNames: readonly string[];
  /** `counts[true][predicted]`. */
  readonly counts: readonly (readonly number[])[];
}

/** A small picture. */
export interface ReportImage {
  /** `data:image/png;base64,...`. */
  readonly source: string;
  /** What stands below it. */
  readonly caption: string;
  /** What it shows, for those who cannot see it. */
  readonly alternative: string;
}

/** Small pictures side by side. */
export interface ImagesBlock {
  /** Tells blocks apart. */
  readonly kind: "images";
  /** Heading. */
  readonly caption: string;
  /** The pictures. */
  readonly images: readonly ReportImage[];
  /** Pixels are shown as squares. */
  readonly pixelated: boolean;
  /** Shown large enough for every pixel of a picture of kernels to be seen. @default false */
  readonly large?: boolean;
  /** What has to be known to read them. */
  readonly note?: string;
}

/** Paragraphs. */
export interface TextBlock {
  /** Tells blocks apart. */
  readonly kind: "text";
  /** One string per paragraph. */
  readonly paragraphs: readonly string[];
  /** Set small: what has to be known, but not read first. @default false */
  readonly small?: boolean;
}

/** Something that is not there, and why. */
export interface MissingBlock {
  /** Tells blocks apart. */
  readonly kind: "missing";
  /** What is missing, why, and how to get it. */
  readonly text: string;
}

/** Text as a machine reads it: a command, a configuration. */
export interface CodeBlock {
  /** Tells blocks apart. */
  readonly kind: "code";
  /** Heading. */
  readonly caption: string;
  /** The text. */
  readonly text: string;
}

/** A piece of a report. */
export type ReportBlock =
  | KeyFiguresBlock
  | FactsBlock
  | TableBlock
  | ChartBlock
  | ConfusionBlock
  | ImagesBlock
  | TextBlock
  | MissingBlock
  | CodeBlock;

/** A section with a heading. */
export interface ReportSection {
  /** Heading. */
  readonly title: string;
  /** What stands in it. */
  readonly blocks: readonly ReportBlock[];
}

/** What a report says of one run or document. */
export interface ReportPart {
  /** Heading. */
  readonly title: string;
  /** A sentence below it. */
  readonly subtitle: string;
  /** Sections. */
  readonly sections: readonly ReportSection[];
}

/**
 * Whether a part is a list or a table by itself, which speaks without headings.
 *
 * @param part The part.
 * @returns `true` for one block of facts, or one table with the title of the part.
 */
export function isBare({ title, sections }: ReportPart): boolean {
  const blocks = sections.flatMap(({ blocks }) => blocks);
  const [only] = blocks;
  if (blocks.length !== 1) return false;
  return only!.kind === "facts" || (only!.kind === "table" && only!.caption === title);
}

/** A whole report, before it takes a format. */
export interface ReportDocument {
  /** Heading. */
  readonly title: string;
  /** One part per run or document. */
  readonly parts: readonly ReportPart[];
}
