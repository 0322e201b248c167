import { imageSideOf } from "../datasets/data_config.ts";
import { CheckpointError, UsageError } from "../errors.ts";
import { requireImageSize } from "../models/require_image_size.ts";
import { requireSameModel } from "./require_same_model.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import type { ModelCard } from "../training/checkpoint_card.ts";

/**
 * Makes sure that a checkpoint is of its run: its model is the configured one, its images have the configured size, and
 * the model leaves something of them. The size decides about the memory that is taken before the first image is read.
 *
 * @param card What the checkpoint says of itself.
 * @param config Configuration of the run.
 * @param folder The checkpoint, for messages.
 * @throws {CheckpointError} if they do not agree.
 */
export function requireFittingCard(
  card: Pick<ModelCard, "model" | "image">,
  config: Pick<ExperimentConfig, "model" | "data">,
  folder: string,
): void {
  requireSameModel(card.model, config.model, folder);
  const { height, width } = card.image;
  const side = imageSideOf(config.data);
  if (height !== side || width !== side) {
    throw new CheckpointError(
      `Cannot load checkpoint: ${folder} is of images of ${height} x ${width} pixels, the configuration of its run asks ` +
        `for ${side} x ${side}; put it back where it belongs`,
    );
  }
  try {
    requireImageSize(config.model, card.image);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new CheckpointError(
      `Cannot load checkpoint: ${folder} cannot have been trained: ${config.model.name} leaves nothing of images of ` +
        `${height} x ${width} pixels; use another checkpoint`,
      { cause: error },
    );
  }
}
