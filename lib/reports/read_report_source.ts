import { z } from "zod";
import { DataError } from "../errors.ts";
import { readBoundedText } from "../read_bounded.ts";
import type { ReportSource } from "./build_report.ts";

/** Kinds that documents name themselves. */
const KINDS = ["run-report", "depth-analysis", "parameter-scaling", "comparison"] as const;

const namedSchema = z.looseObject({ kind: z.enum(KINDS), version: z.literal(1) });

const share = z.number().min(0).max(1);
const count = z.int().min(0);

/** The document of `eval --json` names no kind: it is known by its form. */
const evaluationSchema = z.object({
  runDirectory: z.string(),
  checkpoint: z.string(),
  dataset: z.string(),
  part: z.string(),
  exact: z.boolean(),
  images: z.object({ train: count, validation: count, test: count, pool: count }),
  figures: z.object({
    images: count,
    loss: z.number(),
    top1: share,
    top5: share,
    confusion: z.array(z.array(count)),
    classes: z.array(z.object({
      className: z.string(),
      support: count,
      precision: share.nullable(),
      recall: share.nullable(),
      f1: share.nullable(),
    })),
    levels: z.array(z.object({
      level: count,
      complexity: z.number(),
      depth: count,
      images: count,
      top1: share.nullable(),
    })),
    meanDepth: z.number(),
    meanComplexity: z.number(),
    meanMultiplyAdds: z.number(),
    routes: z.array(z.object({ route: z.number(), share })),
    secondsPerImage: z.number(),
    bankSeconds: z.number(),
  }),
});

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
