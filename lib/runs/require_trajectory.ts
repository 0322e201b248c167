import { UsageError } from "../errors.ts";
import { generatesKernels, hasOwnTrajectories } from "../models/model_layers.ts";
import { modelEntry } from "../models/model_registry.ts";
import type { ModelConfig } from "../models/model_config.ts";

/**
 * Decides whether every image has a trajectory of its own.
 *
 * @param model What fixes the architecture.
 * @param asked Whether a person asked for it.
 * @returns Whether images have it, because it was asked for or the model was trained so.
 * @throws {UsageError} if it was asked for and the model has no trajectory: images would only be slow, one by one.
 */
export function requireTrajectory(model: ModelConfig, asked: boolean): boolean {
  if (asked && !generatesKernels(modelEntry(model.name))) {
    throw new UsageError(
      `Cannot give every image a trajectory: ${model.name} generates no kernels along one; leave exact (--exact) out`,
    );
  }
  return asked || hasOwnTrajectories(model);
}
