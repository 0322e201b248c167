import type { PredictionAnswer } from "../runs/run_types.ts";
import { safeJson, safeLine } from "../safe_text.ts";
import { countCell, decimalCell, shareCell, textCell } from "./cells.ts";
import { recordsCsv } from "./csv/csv_table.ts";
import { predictionRecords } from "./records/prediction_records.ts";
import { pad } from "./text/lay_out_table.ts";
import { widthOf } from "./text/text_width.ts";

/** Formats in which an answer can be written before the next one is known. */
export type AnswerFormat = "text" | "csv" | "json" | "jsonl";

/** What is known of a model before its first answer. */
export interface AnsweringModel {
  /** Class names in the order of the labels. */
  readonly classNames: readonly string[];
  /** Unit of the complexity. */
  readonly complexityUnit: string;
}

/** Writes answers one after the other. */
export interface AnswerWriter {
  /** Lines of an answer, with what comes before the first one. */
  readonly add: (answer: PredictionAnswer) => string;
  /** What comes after the last. */
  readonly end: () => string;
}

/** Longer names of classes stand out of their column. */
const WIDEST_CLASS = 40;

/** As wide as the largest values. */
const PROBABILITY = "probability";
const LARGEST_COMPLEXITY = "12.34";

/** The file comes last: paths have any length, and one that is cut or broken is of no use. */
function textWriter({ classNames, complexityUnit: unit }: AnsweringModel): AnswerWriter {
  const widths = [
    Math.min(WIDEST_CLASS, Math.max(5, ...classNames.map((name) => widthOf(safeLine(name))))),
    PROBABILITY.length,
    Math.max(unit.length, LARGEST_COMPLEXITY.length),
    "depth".length,
  ];
  const line = ([name, ...others]: readonly string[], file: string) => {
    const cells = others.map((text, at) => pad(text, widths[at + 1]!, "right"));
    return `${
      [pad(safeLine(name!), widths[0]!, "left"), ...cells, safeLine(file)].join("  ").trimEnd()
    }\n`;
  };
  const rule = line(widths.map((width) => "-".repeat(width)), "-----");
  const head = line(["class", PROBABILITY, unit, "depth"], "image") + rule;
  const nothing = textCell(null).text;
  let isFirst = true;
  return {
    add(answer) {
      const before = isFirst ? head : "";
      isFirst = false;
      if ("error" in answer) return before + line(widths.map(() => nothing), answer.error);
      const { classes, complexity, depth, file } = answer;
      // What belongs to the image stands on the line of its first class.
      const own = [decimalCell(complexity, 2).text, countCell(depth).text];
      const lines = classes.map(({ className, probability }, rank) => {
        const guess = [className, shareCell(probability).text];
        return rank === 0 ? line([...guess, ...own], file) : line([...guess, "", ""], "");
      });
      return before + lines.join("");
    },
    end: () => "",
  };
}

function csvWriter(): AnswerWriter {
  let isFirst = true;
  return {
    add(answer) {
      const text = `${recordsCsv(predictionRecords([answer]))}\n`;
      const lines = isFirst ? text : text.slice(text.indexOf("\n") + 1);
      isFirst = false;
      return lines;
    },
    end: () => "",
  };
}

/** An answer is given with the comma or bracket behind it: a line that is not ended would be lost on a terminal. */
function jsonWriter(): AnswerWriter {
  let kept: string | null = null;
  return {
    add(answer) {
      const before = kept === null ? "[\n" : `${kept},\n`;
      kept = safeJson(answer).replace(/^/gm, "  ");
      return before;
    },
    end: () => kept === null ? "[]\n" : `${kept}\n]\n`,
  };
}

/**
 * Makes what writes answers as they come: of as many files as there are, none has to be kept.
 *
 * @param format The format.
 * @param model What the answers can hold.
 * @returns The writer; the pieces of text that it gives are the document.
 */
export function answerWriter(format: AnswerFormat, model: AnsweringModel): AnswerWriter {
  switch (format) {
    case "text":
      return textWriter(model);
    case "csv":
      return csvWriter();
    case "json":
      return jsonWriter();
    case "jsonl":
      return { add: (answer) => `${safeJson(answer, 0)}\n`, end: () => "" };
  }
}
