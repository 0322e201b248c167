import type { DepthAnalysis } from "../analyses/depth_analysis.ts";
import type { ParameterScaling } from "../analyses/parameter_scaling.ts";
import { DataError } from "../errors.ts";
import type { Comparison } from "../paper/comparison.ts";
import type { EvaluationSummary } from "../runs/run_types.ts";
import { writeHtml } from "./html/write_html.ts";
import { comparisonPart } from "./parts/comparison_part.ts";
import { depthPart } from "./parts/depth_part.ts";
import { overviewPart } from "./parts/overview_part.ts";
import { evaluationPart, runPart } from "./parts/run_part.ts";
import { scalingPart } from "./parts/scaling_part.ts";
import type { ReportDocument, ReportPart } from "./report_document.ts";
import type { RunReport } from "./run_report.ts";

/** What a report can be made of. */
export type ReportContent =
  | { readonly kind: "run-report"; readonly content: RunReport }
  | { readonly kind: "evaluation"; readonly content: EvaluationSummary }
  | { readonly kind: "depth-analysis"; readonly content: DepthAnalysis }
  | { readonly kind: "parameter-scaling"; readonly content: ParameterScaling }
  | { readonly kind: "comparison"; readonly content: Comparison };

/** A run or a document, with the place that it came from. */
export type ReportSource = ReportContent & {
  /** Folder or file, for messages. */
  readonly origin: string;
};

function partOf(source: ReportContent): ReportPart {
  switch (source.kind) {
    case "run-report":
      return runPart(source.content);
    case "evaluation":
      return evaluationPart(source.content);
    case "depth-analysis":
      return depthPart(source.content);
    case "parameter-scaling":
      return scalingPart(source.content);
    case "comparison":
      return comparisonPart(source.content);
  }
}

/** A document is what its kind says, or it is refused: half a report would look like a whole one. */
function checkedPart(source: ReportSource): ReportPart {
  try {
    const part = partOf(source);
    // What is no text, or no number, shows when it is written.
    writeHtml({ title: part.title, parts: [part] }, { footer: "" });
    return part;
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new DataError(
      `Cannot make a report of ${source.origin}: it is no complete document of kind ${source.kind} (${error.message}); make it again with this version`,
      { cause: error },
    );
  }
}

/** What several documents are together. */
function titleOf(sources: readonly ReportSource[]): string {
  const tables = sources.flatMap(({ kind, content }) =>
    kind === "comparison" && content.table !== null ? [content.table] : []
  );
  if (tables.length === sources.length) return `Tables ${tables.join(", ")} of the paper`;
  const isRuns = sources.every(({ kind }) => kind === "run-report");
  return `Report on ${sources.length} ${isRuns ? "runs" : "documents"}`;
}

/**
 * Makes a report, before it takes a format.
 *
 * @param sources Runs and documents, in the order in which they shall stand.
 * @returns One part per source; several runs are first compared.
 * @throws {DataError} if a document lacks something, or holds text where a figure belongs.
 */
export function buildReport(sources: readonly ReportSource[]): ReportDocument {
  const parts = sources.map(checkedPart);
  const runs = sources.flatMap((source) => source.kind === "run-report" ? [source.content] : []);
  const overview = runs.length > 1 ? [overviewPart(runs)] : [];
  const title = titleOf(sources);
  return { title: parts.length === 1 ? parts[0]!.title : title, parts: [...overview, ...parts] };
}
