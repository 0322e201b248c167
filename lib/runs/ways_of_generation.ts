import { generatesKernels, hasOwnTrajectories } from "../models/model_layers.ts";
import { modelEntry } from "../models/model_registry.ts";
import type { SpeedFigure } from "../evaluation/speed_report.ts";
import type { ModelConfig } from "../models/model_config.ts";

/** How the kernels of a network come about: once, to be kept, or for every image. */
export type WayOfGeneration = SpeedFigure["generation"];

/**
 * The ways in which a model can be run.
 *
 * @param model What fixes the architecture.
 * @returns Both for generated kernels: one is how they are used, the other how the paper counts. One trained in exact mode
 * has other kernels for every image; kernels that are not generated are kept.
 */
export function waysOfGeneration(model: ModelConfig): readonly WayOfGeneration[] {
  if (!generatesKernels(modelEntry(model.name))) return ["banked"];
  return hasOwnTrajectories(model) ? ["per-image"] : ["banked", "per-image"];
}
