import { extname } from "node:path";
import { UsageError } from "../lib/errors.ts";

/** Forms that a document can take. A command has those that its document can be shown in. */
export type DocumentFormat = "text" | "md" | "csv" | "json" | "jsonl" | "html" | "svg";

/** What the name of a file ends with, and the form that this stands for. */
const ENDINGS: Readonly<Record<string, DocumentFormat>> = {
  ".txt": "text",
  ".md": "md",
  ".markdown": "md",
  ".csv": "csv",
  ".json": "json",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".html": "html",
  ".htm": "html",
  ".svg": "svg",
};

/** Endings that stand for one of the formats. */
function endingsOf(formats: readonly DocumentFormat[]): string {
  return Object.keys(ENDINGS).filter((ending) => formats.includes(ENDINGS[ending]!)).join(", ");
}

/** The form that the name of a file stands for; `null` where it has no ending. */
function formatOfFile<Format extends DocumentFormat>(
  file: string,
  formats: readonly Format[],
): Format | null {
  const ending = extname(file).toLowerCase();
  if (ending === "" || ending === ".") return null;
  const found = Object.hasOwn(ENDINGS, ending) ? ENDINGS[ending]! : null;
  const format = formats.find((one) => one === found);
  if (format !== undefined) return format;
  throw new UsageError(
    `Cannot write ${file}: the ending ${ending} stands for nothing that can be written here; ` +
      `it can be ${endingsOf(formats)}, or none`,
  );
}

/**
 * Decides on the form of a document: `--format`, or what the name of the file stands for. Both may be given, but not in
 * contradiction.
 *
 * @param options `--format`, `--json`, which is its short form, and `--output`.
 * @param choice What the command can write, and what it writes where nothing is said.
 * @returns The format.
 * @throws {UsageError} if the options contradict each other, or the file has an ending of something else.
 */
export function chosenFormat<Format extends DocumentFormat>(
  options: {
    readonly format?: Format | undefined;
    readonly json?: true | undefined;
    readonly output?: string | undefined;
  },
  choice: { readonly formats: readonly Format[]; readonly fallback: Format },
): Format {
  const { format, json, output } = options;
  if (json && format !== undefined && format !== "json") {
    throw new UsageError(`Cannot use --json with --format ${format}: give one of them`);
  }
  const said = json ? choice.formats.find((one) => one === "json") : format;
  const named = output === undefined ? null : formatOfFile(output, choice.formats);
  if (said !== undefined && named !== null && said !== named) {
    throw new UsageError(
      `Cannot write ${output} as ${said}: its ending stands for ${named}; name the file otherwise, or leave ` +
        `${json ? "--json" : `--format ${said}`} out`,
    );
  }
  return said ?? named ?? choice.fallback;
}

/**
 * Refuses a file for a page that does not have the name of one.
 *
 * @param file What `--report` names.
 * @throws {UsageError} if it ends with anything but `.html` or `.htm`, or nothing.
 */
export function checkPageName(file: string): void {
  formatOfFile(file, ["html"]);
}
