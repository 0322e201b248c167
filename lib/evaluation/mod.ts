/**
 * Accuracy, depth, work and speed of a trained classifier on labelled images.
 *
 * @module
 */

export * from "./classification_metrics.ts";
export * from "./evaluate.ts";
export * from "./evaluation_report.ts";
export * from "./measure_speed.ts";
export * from "./speed_report.ts";
export * from "./trained_classifier.ts";
export type * from "./report_work.ts";
