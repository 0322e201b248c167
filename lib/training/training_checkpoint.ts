import { encodeSafetensors } from "../checkpoints/encode_safetensors.ts";
import { statisticsToTensors, withEveryLevel } from "../classifiers/level_statistics.ts";
import { DivergenceError } from "../errors.ts";
import { CONTENT_VERSION } from "./checkpoint_card.ts";
import {
  CARD_FILE,
  exportedModelError,
  findNonFinite,
  MODEL_FILE,
  OPTIMIZER_FILE,
  STATISTICS_FILE,
} from "./decode_checkpoint.ts";
import type { TensorValues } from "../tensors/parameter_set.ts";
import type { ModelCard } from "./checkpoint_card.ts";
import type { TrainingCheckpoint } from "./decode_checkpoint.ts";
import type { Trainer } from "./trainer.ts";

function encodeTensors(tensors: ReadonlyMap<string, TensorValues>): Uint8Array {
  // The loss of the last step was finite, but its update may have gone beyond the range of float32.
  const broken = findNonFinite(tensors);
  if (broken !== null) {
    throw new DivergenceError(
      `Cannot save checkpoint: "${broken}" holds numbers that are not finite; the checkpoint before is kept: ` +
        `try a smaller learningRate (--learning-rate), or clipNorm 1 (--clip-norm 1), in a new run`,
    );
  }
  return encodeSafetensors(
    new Map(
      [...tensors].map((
        [name, { shape, values }],
      ) => [name, { dtype: "F32", shape, data: values }]),
    ),
  );
}

/**
 * Reads the whole state of a training from the device.
 *
 * @param trainer The training.
 * @param card What the checkpoint says about the model.
 * @returns Files by name: tensors as safetensors, the rest as JSON.
 */
export async function encodeCheckpoint(
  trainer: Trainer,
  card: ModelCard,
): Promise<Map<string, Uint8Array>> {
  const { moments, updates } = await trainer.optimizer.read();
  const { progress, statistics } = trainer;
  const calibration = trainer.classifier.calibration?.values ?? {};
  const content = { formatVersion: CONTENT_VERSION, card, progress, updates, calibration };
  const text = JSON.stringify(content, null, 2);
  const files = new Map([
    [CARD_FILE, new TextEncoder().encode(`${text}\n`)],
    [MODEL_FILE, encodeTensors(await trainer.classifier.parameters.read())],
    [OPTIMIZER_FILE, encodeTensors(moments)],
  ]);
  if (statistics !== null) {
    files.set(STATISTICS_FILE, encodeTensors(statisticsToTensors(statistics)));
  }
  return files;
}

/**
 * Puts a training back to the state of a checkpoint.
 *
 * @param trainer A training of the same model, data and configuration.
 * @param checkpoint What was saved.
 * @throws {RangeError} if a tensor is missing or has another shape.
 * @throws {CheckpointError} if the checkpoint has no optimizer.
 */
export function restoreTrainer(trainer: Trainer, checkpoint: TrainingCheckpoint): void {
  if (checkpoint.optimizer === null) throw exportedModelError("a training");
  trainer.classifier.parameters.write(checkpoint.parameters);
  trainer.optimizer.write(checkpoint.optimizer);
  trainer.progress = structuredClone(checkpoint.progress);
  const levels = trainer.classifier.levels.list.length;
  trainer.statistics = checkpoint.statistics && withEveryLevel(checkpoint.statistics, levels);
  trainer.classifier.calibration?.restore(checkpoint.calibration);
}
