import { z } from "zod";
import { DataError } from "../errors.ts";
import { speedSchema } from "../evaluation/speed_schema.ts";
import { evaluationFields } from "../runs/evaluation_fields.ts";
import { readBoundedText } from "../read_bounded.ts";
import type { EvaluationSummary } from "../runs/run_types.ts";
import type { ReportSource } from "./build_report.ts";

/** Kinds that documents name themselves. */
const KINDS = [
  "run-report",
  "depth-analysis",
  "parameter-scaling",
  "comparison",
  "sweep-results",
] as const;

const namedSchema = z.looseObject({ kind: z.enum(KINDS), version: z.literal(1) });

/** What `report --json` and `compare --json` write of several documents. */
const reportSchema = z.looseObject({
  kind: z.literal("report"),
  version: z.literal(1),
  sources: z.array(z.looseObject({ content: z.unknown() })).min(1).max(1000),
});

/** The document of `eval --json` names no kind: it is known by its form. */
const evaluationSchema = z.object({
  runDirectory: z.string(),
  ...evaluationFields,
  depth: z.int().min(1).exactOptional(),
  speed: speedSchema.exactOptional(),
});

// Does not compile when the schema leaves out a field that is optional: what it leaves out is lost.
void ((key: keyof EvaluationSummary): keyof z.output<typeof evaluationSchema> => key);

/** A depth analysis of ten thousand images has some 60 kB; a path that the user named may be a pipe. */
const DOCUMENT_BOUNDS = { maxBytes: 64e6, refusal: DataError, pipe: true };

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readBoundedText(path, DOCUMENT_BOUNDS));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new DataError(`Cannot read ${path}: it is not JSON`, { cause: error });
  }
}

/** One document; what it is called in messages. */
function sourceOf(content: unknown, origin: string): ReportSource {
  const named = namedSchema.safeParse(content);
  if (named.success) return { kind: named.data.kind, content, origin } as ReportSource;
  const evaluation = evaluationSchema.safeParse(content);
  if (evaluation.success) return { kind: "evaluation", content: evaluation.data, origin };
  const { issues } = evaluation.error;
  const keys = content !== null && typeof content === "object" ? content : {};
  const found = Array.isArray(content)
    ? "it is a list, as predict, models and sweep status write; they make pages themselves, with --output NAME.html"
    : "kind" in keys
    ? `its kind is ${JSON.stringify(keys.kind)}`
    : "figures" in keys
    ? `${issues[0]?.path.join(".") || "it"}: ${issues[0]?.message ?? "not understood"}`
    : "it names no kind, and has no figures";
  throw new DataError(
    `Cannot make a report of ${origin}: it is no document of eval, analyze-depth, param-scaling, compare, sweep results or report (${found}); give a file that one of them wrote with --json`,
  );
}

/**
 * Reads a JSON file that a report can show.
 *
 * @param path A file that `eval`, `analyze-depth`, `param-scaling`, `compare`, `sweep results` or `report` wrote with `--json`.
 * @returns The documents in it with their kinds: one, or those of a report on several.
 * @throws {DataError} if the file is not JSON, or holds anything else.
 */
export async function readReportSources(path: string): Promise<ReportSource[]> {
  const content = await readJson(path);
  const several = reportSchema.safeParse(content);
  if (!several.success) return [sourceOf(content, path)];
  return several.data.sources.map((source, at) =>
    sourceOf(source.content, `${path}, document ${at + 1}`)
  );
}
