/**
 * Reports of runs, evaluations, analyses and comparisons as documents, pages and charts.
 *
 * @module
 */

export * from "./build_report.ts";
export * from "./chart.ts";
export type { ReportPicture, ReportPictures, TakenFor } from "./choose_pictures.ts";
export * from "./collect_run_report.ts";
export * from "./parts/depth_charts.ts";
export * from "./parts/parameter_scaling_charts.ts";
export * from "./read_report_sources.ts";
export * from "./render_chart.ts";
export type { DryRun } from "./parts/plan_part.ts";
export * from "./report_document.ts";
export * from "./run_report.ts";
export type { TextOptions } from "./text/write_text.ts";
export * from "./write_report.ts";
