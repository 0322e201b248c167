/**
 * Run folders: training, evaluation, prediction and export with everything that is kept beside them.
 *
 * @module
 */

export type { TrainingPlan } from "./plan_training.ts";
export * from "./collect_provenance.ts";
export * from "./default_run_directory.ts";
export * from "./export_networks.ts";
export * from "./export_page.ts";
export * from "./load_part.ts";
export * from "./load_model.ts";
export * from "./load_trained.ts";
export type * from "./machine_conditions.ts";
export * from "./model.ts";
export * from "./picture.ts";
export * from "./prepare_data.ts";
export * from "./run_depth_analysis.ts";
export * from "./run_evaluation.ts";
export * from "./run_prediction.ts";
export * from "./run_training.ts";
export * from "./run_types.ts";
export * from "./toolkit_version.ts";
export * from "./initial_weights.ts";
export type { FoundLookalikes, Lookalikes } from "./find_lookalikes.ts";
export * from "./inspect_images.ts";
export * from "./decide_config.ts";
export * from "./run_folder.ts";
