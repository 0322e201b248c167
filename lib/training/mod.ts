/**
 * The training loop and its parts: optimizers, schedules, level sharing, logs, checkpoints.
 *
 * @module
 */

export * from "./optimizer.ts";
export type { ParameterMemory, UpdateStep } from "./parameter_memory.ts";
export type { AdamOptions } from "./adam.ts";
export * from "./epoch_plan.ts";
export * from "./gradient_clipping.ts";
export * from "./learning_rate.ts";
export type * from "./save_schedule.ts";
export * from "./trainer.ts";
export type * from "./trainer_hooks.ts";
export type { ModelCard } from "./checkpoint_card.ts";
export * from "./decode_checkpoint.ts";
export * from "./training_checkpoint.ts";
export * from "./training_config.ts";
export * from "./training_data.ts";
export * from "./training_event.ts";
export * from "./training_progress.ts";
export * from "./training_step.ts";
