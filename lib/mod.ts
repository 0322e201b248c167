/**
 * Puppet-CNN for Deno: a small neural ODE, the puppeteer, generates the kernels of a CNN, the puppet.
 *
 * The library has no global state but TensorFlow.js's current backend: select one first, then build, train
 * and evaluate classifiers.
 *
 * @example How complexity becomes depth
 * ```ts
 * import assert from "node:assert/strict";
 * import { complexityMeasure, stepCount } from "./mod.ts";
 *
 * const pixels = new Uint8Array(32 * 32 * 3).fill(128);
 * const complexity = complexityMeasure("entropy").measure({ pixels, height: 32, width: 32 });
 * assert.equal(stepCount(complexity, { stepsPerBit: 0.8, minSteps: 6, maxSteps: 12 }), 6);
 * ```
 *
 * @module
 */

export * from "./analyses/analyze_depth.ts";
export * from "./analyses/analyze_parameter_scaling.ts";
export * from "./analyses/analyze_trained.ts";
export * from "./analyses/choose_examples.ts";
export * from "./analyses/classify_images.ts";
export * from "./analyses/compare_measures.ts";
export * from "./analyses/depth_analysis.ts";
export * from "./reports/parts/depth_charts.ts";
export * from "./analyses/describe_values.ts";
export * from "./analyses/distribution.ts";
export * from "./analyses/image_table.ts";
export * from "./analyses/measure_images.ts";
export * from "./analyses/paired_difference.ts";
export * from "./analyses/parameter_scaling.ts";
export * from "./reports/parts/parameter_scaling_charts.ts";
export * from "./architectures/layer.ts";
export * from "./architectures/plain.ts";
export * from "./backends/backend.ts";
export type { UnusedGpu } from "./backends/cuda/explain_unused_gpu.ts";
export * from "./backends/select_backend.ts";
export * from "./checkpoints/checkpoint_store.ts";
export * from "./checkpoints/safetensors.ts";
export * from "./complexity/complexity_measure.ts";
export * from "./complexity/measure_registry.ts";
export * from "./complexity/measure_complexity.ts";
export * from "./datasets/augmentation.ts";
export * from "./datasets/cifar_binary.ts";
export * from "./datasets/data_config.ts";
export * from "./datasets/dataset.ts";
export * from "./datasets/dataset_catalog.ts";
export * from "./datasets/dataset_manifest.ts";
export * from "./datasets/download.ts";
export * from "./datasets/fetch_dataset.ts";
export * from "./datasets/fetch_options.ts";
export * from "./datasets/file_digest.ts";
export * from "./datasets/in_memory_dataset.ts";
export * from "./datasets/load_dataset.ts";
export type { PassedOver } from "./datasets/passed_over.ts";
export * from "./datasets/prepare_image.ts";
export * from "./datasets/split.ts";
export * from "./datasets/standardization.ts";
export * from "./datasets/subset.ts";
export * from "./errors.ts";
export * from "./evaluation/classification_metrics.ts";
export * from "./evaluation/evaluate.ts";
export type * from "./evaluation/report_work.ts";
export * from "./evaluation/evaluation_report.ts";
export * from "./evaluation/measure_speed.ts";
export * from "./evaluation/speed_report.ts";
export * from "./paper/compare_runs.ts";
export * from "./paper/comparison.ts";
export type * from "./runs/machine_conditions.ts";
export * from "./paper/plan_rows.ts";
export * from "./paper/run_comparison.ts";
export * from "./paper/run_row.ts";
export * from "./configuration/config_rules.ts";
export * from "./configuration/experiment_config.ts";
export * from "./configuration/format_config.ts";
export * from "./configuration/idle_settings.ts";
export * from "./runs/load_part.ts";
export * from "./runs/load_trained.ts";
export * from "./paper/paper_results.ts";
export * from "./configuration/parse_config.ts";
export * from "./paper/presets/preset.ts";
export * from "./paper/presets/preset_registry.ts";
export * from "./paper/presets/smoke_config.ts";
export * from "./runs/inspect_images.ts";
export * from "./runs/prepare_data.ts";
export * from "./runs/run_depth_analysis.ts";
export * from "./runs/run_evaluation.ts";
export * from "./runs/run_prediction.ts";
export * from "./runs/run_training.ts";
export * from "./runs/run_types.ts";
export * from "./layers/batch_norm.ts";
export * from "./layers/run_layers.ts";
export * from "./models/create_classifier.ts";
export * from "./puppet/level_classifier.ts";
export * from "./models/model_config.ts";
export * from "./classifiers/layer_weights.ts";

export * from "./models/model_layers.ts";
export * from "./models/model_names.ts";
export * from "./models/model_registry.ts";
export * from "./classifiers/classifier.ts";
export * from "./models/count_model.ts";
export * from "./puppet/exact_network.ts";
export * from "./architectures/count_layers.ts";
export * from "./puppet/generated_kernels.ts";
export * from "./puppet/kernel_bank.ts";
export * from "./puppet/kernel_resizing.ts";

export * from "./puppeteer/complexity_levels.ts";
export * from "./puppeteer/dynamics.ts";
export * from "./puppeteer/fit_schedule.ts";
export * from "./puppeteer/initial_state.ts";
export * from "./puppeteer/integrate.ts";
export * from "./puppeteer/puppeteer.ts";
export * from "./puppeteer/solvers/butcher_tableau.ts";
export * from "./puppeteer/solvers/solver_registry.ts";
export * from "./puppeteer/step_schedule.ts";
export * from "./randomness/random_stream.ts";
export * from "./randomness/shuffled_indices.ts";
export * from "./reports/build_report.ts";
export * from "./reports/chart.ts";
export * from "./reports/collect_run_report.ts";
export * from "./reports/html/write_html.ts";
export * from "./reports/read_report_sources.ts";
export * from "./reports/render_chart.ts";
export * from "./reports/report_document.ts";
export * from "./reports/run_report.ts";
export * from "./tensors/parameter_set.ts";
export * from "./training/adam.ts";
export * from "./training/epoch_plan.ts";
export * from "./training/gradient_clipping.ts";
export * from "./training/learning_rate.ts";
export * from "./training/trainer.ts";
export type * from "./training/save_schedule.ts";
export type * from "./training/trainer_hooks.ts";
export * from "./training/training_checkpoint.ts";
export * from "./training/training_config.ts";
export * from "./training/training_data.ts";
export * from "./training/training_event.ts";
export * from "./training/training_progress.ts";
export * from "./training/training_step.ts";
export * from "./training/weight_average.ts";
export * from "./classifiers/level_statistics.ts";
export * from "./evaluation/trained_classifier.ts";
export * from "./puppet/level_networks.ts";
export * from "./classifiers/compute_level_statistics.ts";
export * from "./datasets/decoded_image.ts";
