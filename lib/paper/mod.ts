/**
 * The paper's tables: presets of its trainings, its prints, and runs beside them.
 *
 * @module
 */

export * from "./compare_runs.ts";
export * from "./comparison.ts";
export * from "./paper_results.ts";
export * from "./plan_rows.ts";
export * from "./preset.ts";
export * from "./presets.ts";
export * from "./smoke_config.ts";
export * from "./run_comparison.ts";
export * from "./run_row.ts";
