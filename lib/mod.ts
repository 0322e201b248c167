/**
 * Puppet-CNN for Deno: a small neural ODE, the puppeteer, generates the kernels of a CNN, the puppet.
 *
 * This is what a program needs: select a backend, train, load, classify, evaluate. The parts that it is made of stand
 * under paths of their own (`./puppeteer`, `./complexity`, `./models`, ...). The library prints nothing and has no global
 * state but TensorFlow.js's current backend.
 *
 * @example How complexity becomes depth
 * ```ts
 * import assert from "node:assert/strict";
 * import { complexity } from "./mod.ts";
 * import { stepCount } from "./puppeteer/mod.ts";
 *
 * const pixels = new Uint8Array(32 * 32 * 3).fill(128);
 * const bits = complexity({ pixels, height: 32, width: 32 });
 * assert.equal(stepCount(bits, { stepsPerBit: 0.8, minSteps: 6, maxSteps: 12 }), 6);
 * ```
 *
 * @module
 */

export { complexity } from "./api/complexity.ts";
export { evaluate, type EvaluateOptions } from "./api/evaluate.ts";
export { openDataset, type OpenDatasetOptions } from "./api/open_dataset.ts";
export type { DataSettings } from "./api/settings.ts";
export {
  type NewTraining,
  type ResumedTraining,
  train,
  type TrainOptions,
  type TrainSettings,
} from "./api/train.ts";
export type { ActiveBackend, MathType } from "./backends/backend.ts";
export { type BackendRequest, selectBackend } from "./backends/select_backend.ts";
export type { RgbImage } from "./complexity/complexity_measure.ts";
export { complexityMeasureNames } from "./complexity/measure_registry.ts";
export type { ExperimentConfig } from "./configuration/experiment_config.ts";
export type { DataConfig } from "./datasets/data_config.ts";
export type { DatasetParts, ImageDataset } from "./datasets/dataset.ts";
export { fetchDataset } from "./datasets/fetch_dataset.ts";
export type { FetchOptions } from "./datasets/fetch_options.ts";
export { createInMemoryDataset } from "./datasets/in_memory_dataset.ts";
export {
  BackendError,
  CheckpointError,
  DataError,
  DivergenceError,
  PuppetError,
  UsageError,
} from "./errors.ts";
export type { EvaluationReport } from "./evaluation/evaluation_report.ts";
export type { ModelConfig } from "./models/model_config.ts";
export { type ModelName, modelNames } from "./models/model_names.ts";
export { PRESET_NAMES, type PresetName } from "./paper/presets.ts";
export { loadModel, type LoadModelOptions } from "./runs/load_model.ts";
export { type ClassifyOptions, Model } from "./runs/model.ts";
export type { Picture } from "./runs/picture.ts";
export type { Prediction, TrainingSummary } from "./runs/run_types.ts";
export type { TensorValues } from "./tensors/parameter_set.ts";
export type { TrainingConfig } from "./training/training_config.ts";
export type { EpochRecord, StopReason, TrainingEvent } from "./training/training_event.ts";
