import { z } from "zod";
import { DataError } from "../errors.ts";
import { evaluationFields } from "../experiments/evaluation_fields.ts";
import { readBoundedText } from "../read_bounded.ts";
import type { ReportSource } from "./build_report.ts";

/** Kinds that documents name themselves. */
const KINDS = ["run-report", "depth-analysis", "parameter-scaling", "comparison"] as const;

const namedSchema = z.looseObject({ kind: z.enum(KINDS), version: z.literal(1) });

/** The document of `eval --json` names no kind: it is known by its form. */
const evaluationSchema = z.object({ runDirectory: z.string(), ...evaluationFields });

/** A depth analysis of ten thousand images has some 60 kB; a path that the user named may be a pipe. */
const DOCUMENT_BOUNDS = { maxBytes: 64e6, refusal: DataError, pipe: true };

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readBoundedText(path, DOCUMENT_BOUNDS));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new DataError(`Cannot read ${path}: it is not JSON (${error.message})`, { cause: error });
  }
}

/**
 * Reads a JSON document that a report can show.
 *
 * @param path A file that `eval`, `analyze-depth`, `param-scaling`, `compare` or `report` wrote with `--json`.
 * @returns The document with its kind.
 * @throws {DataError} if the file is not JSON, or none of these documents.
 */
export async function readReportSource(path: string): Promise<ReportSource> {
  const content = await readJson(path);
  const named = namedSchema.safeParse(content);
  if (named.success) return { kind: named.data.kind, content, origin: path } as ReportSource;
  const evaluation = evaluationSchema.safeParse(content);
  if (evaluation.success) return { kind: "evaluation", content: evaluation.data, origin: path };
  const { issues } = evaluation.error;
  const found = content !== null && typeof content === "object" && "kind" in content
    ? `its kind is ${JSON.stringify(content.kind)}`
    : `${issues[0]?.path.join(".") || "it"}: ${issues[0]?.message ?? "not understood"}`;
  throw new DataError(
    `Cannot make a report of ${path}: it is no document of eval, analyze-depth, param-scaling, compare or report (${found}); give a file that one of them wrote with --json`,
  );
}
