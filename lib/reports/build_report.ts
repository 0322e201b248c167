import type { DepthAnalysis } from "../analyses/depth_analysis.ts";
import type { ParameterScaling } from "../analyses/parameter_scaling.ts";
import type { Comparison } from "../experiments/comparison/comparison.ts";
import type { EvaluationSummary } from "../experiments/run_types.ts";
import { evaluationPart, runPart } from "./parts/run_part.ts";
import type { ReportDocument, ReportPart } from "./report_document.ts";
import type { RunReport } from "./run_report.ts";

/** What a report can be made of. */
export type ReportSource =
  | { readonly kind: "run"; readonly content: RunReport }
  | { readonly kind: "evaluation"; readonly content: EvaluationSummary }
  | { readonly kind: "depth-analysis"; readonly content: DepthAnalysis }
  | { readonly kind: "parameter-scaling"; readonly content: ParameterScaling }
  | { readonly kind: "comparison"; readonly content: Comparison };
