import type { DepthAnalysis } from "../analyses/depth_analysis.ts";
import type { ParameterScaling } from "../analyses/parameter_scaling.ts";
import { DataError } from "../errors.ts";
import type { ListedModel, ModelDetails } from "../models/list_model.ts";
import type { Comparison } from "../paper/comparison.ts";
import type { SweepResults } from "../sweeps/results_by_setting.ts";
import type { SweepStatusRow } from "../sweeps/status_row.ts";
import type { EvaluationSummary, PredictionAnswer, TrainingSummary } from "../runs/run_types.ts";
import { comparisonPart } from "./parts/comparison_part.ts";
import { depthPart } from "./parts/depth_part.ts";
import { modelPart, modelsPart } from "./parts/models_part.ts";
import { type DryRun, planPart } from "./parts/plan_part.ts";
import { predictionsPart } from "./parts/predictions_part.ts";
import { overviewPart } from "./parts/overview_part.ts";
import { evaluationPart, runPart } from "./parts/run_part.ts";
import { scalingPart } from "./parts/scaling_part.ts";
import { sweepResultsPart, sweepStatusPart } from "./parts/sweep_part.ts";
import { trainingPart } from "./parts/training_part.ts";
import { writeText } from "./text/write_text.ts";
import type { ReportDocument, ReportPart } from "./report_document.ts";
import type { RunReport } from "./run_report.ts";

/** What a report can be made of. */
export type ReportContent =
  | { readonly kind: "run-report"; readonly content: RunReport }
  | { readonly kind: "evaluation"; readonly content: EvaluationSummary }
  | { readonly kind: "depth-analysis"; readonly content: DepthAnalysis }
  | { readonly kind: "parameter-scaling"; readonly content: ParameterScaling }
  | { readonly kind: "comparison"; readonly content: Comparison }
  | { readonly kind: "models"; readonly content: readonly ListedModel[] }
  | { readonly kind: "model"; readonly content: ModelDetails }
  | { readonly kind: "training-plan"; readonly content: DryRun }
  | { readonly kind: "training"; readonly content: TrainingSummary }
  | { readonly kind: "sweep-results"; readonly content: SweepResults }
  | { readonly kind: "sweep-status"; readonly content: readonly SweepStatusRow[] }
  | { readonly kind: "predictions"; readonly content: readonly PredictionAnswer[] };

/** A run or a document, with the place that it came from. */
export type ReportSource = ReportContent & {
  /** Folder or file, for messages. */
  readonly origin: string;
};

function partOf(source: ReportContent, program: string | undefined): ReportPart {
  switch (source.kind) {
    case "run-report":
      return runPart(source.content, program);
    case "evaluation":
      return evaluationPart(source.content);
    case "depth-analysis":
      return depthPart(source.content);
    case "parameter-scaling":
      return scalingPart(source.content);
    case "comparison":
      return comparisonPart(source.content, program);
    case "models":
      return modelsPart(source.content);
    case "model":
      return modelPart(source.content);
    case "predictions":
      return predictionsPart(source.content);
    case "training-plan":
      return planPart(source.content);
    case "training":
      return trainingPart(source.content);
    case "sweep-results":
      return sweepResultsPart(source.content);
    case "sweep-status":
      return sweepStatusPart(source.content);
  }
}

/**
 * Does what needs complete documents: one that is not what its kind says is refused, since half a report would look like
 * a whole one.
 *
 * @param what The document, for the message.
 * @param work What is done with it.
 * @returns What the work returns.
 * @throws {DataError} if a document lacks something, or holds text where a figure belongs.
 */
export function requireComplete<Result>(what: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    // A TypeError is the engine's, about our code: it tells nothing of the document.
    const reason = error instanceof RangeError
      ? error.message
      : "a field is missing or of another kind";
    throw new DataError(
      `Cannot make a report of ${what}: it is no complete document (${reason}); make it again with this version`,
      { cause: error },
    );
  }
}

function checkedPart(source: ReportSource, program: string | undefined): ReportPart {
  return requireComplete(`${source.origin} as ${source.kind}`, () => {
    const part = partOf(source, program);
    // What is no text, or no number, shows when it is written.
    writeText({ title: part.title, parts: [part] }, { width: Infinity });
    return part;
  });
}

/** Runs of one name, or evaluations of one run: their lines of CSV have nothing but the title to be told apart by. */
function withDistinctTitles(
  parts: readonly ReportPart[],
  sources: readonly ReportSource[],
): ReportPart[] {
  const titles = parts.map(({ title }) => title);
  return parts.map((part, at) => {
    const isRepeated = titles.indexOf(part.title) !== titles.lastIndexOf(part.title);
    return isRepeated ? { ...part, title: `${part.title} (${sources[at]!.origin})` } : part;
  });
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
 * @param program How the program is called, for command lines (default: `deno task puppet`).
 * @returns One part per source; several runs are first compared.
 * @throws {DataError} if a document lacks something, or holds text where a figure belongs.
 * @throws {RangeError} if there is nothing to report on.
 */
export function buildReport(
  sources: readonly ReportSource[],
  program?: string,
): ReportDocument {
  if (sources.length === 0) {
    throw new RangeError("Cannot make a report: there must be a run or a document to report on");
  }
  const parts = withDistinctTitles(sources.map((source) => checkedPart(source, program)), sources);
  const runs = sources.flatMap((source) => source.kind === "run-report" ? [source.content] : []);
  const overview = runs.length > 1 ? [overviewPart(runs)] : [];
  const title = titleOf(sources);
  return { title: parts.length === 1 ? parts[0]!.title : title, parts: [...overview, ...parts] };
}
