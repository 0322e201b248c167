import { explainOutOfMemory } from "../backends/out_of_memory.ts";
import { evaluate } from "../evaluation/evaluate.ts";
import { measureSpeed } from "../evaluation/measure_speed.ts";
import { waysOfGeneration } from "./ways_of_generation.ts";
import { digestManifest } from "./run_progress.ts";
import { requireDepth } from "./require_depth.ts";
import { requireTrajectory } from "./require_trajectory.ts";
import { loadTrained } from "./load_trained.ts";
import { loadPartForModel } from "./load_part.ts";
import type { EvaluationSummary, RunEvaluationOptions } from "./run_types.ts";

/**
 * Evaluates a checkpoint of a run on a part of its data. The backend must have been selected before.
 *
 * @param options Run folder, checkpoint, part, batch size, exact mode.
 * @returns The figures, with what they are figures of.
 * @throws {CheckpointError} if the checkpoint is missing or damaged.
 * @throws {DataError} if the images are missing, or their classes or size are not the model's.
 */
export async function runEvaluation(options: RunEvaluationOptions): Promise<EvaluationSummary> {
  options.report?.(0, 0, "loading images");
  const { trained, card, config, folder, namedBy, areOthers } = await loadTrained(options);
  try {
    // Read now: a training may go on and leave this checkpoint behind.
    const manifestSha256 = await digestManifest(options.runDirectory, folder);
    const exact = requireTrajectory(card.model, options.exact);
    const { dataset, images } = await loadPartForModel(config, {
      card,
      part: options.part,
      ...{ namedBy, areOthers },
    });
    const { batchSize, report } = options;
    const { depth } = options;
    const level = depth === undefined
      ? undefined
      : requireDepth(trained.classifier.levels, depth, exact);
    const figures = await evaluate(trained, dataset, {
      batchSize,
      exact,
      level,
      ...(report === undefined ? {} : { report }),
    });
    const generations = waysOfGeneration(card.model);
    const speed = options.speed === undefined
      ? null
      : await measureSpeed(trained, dataset, { ...options.speed, generations, level, report });
    return {
      runDirectory: options.runDirectory,
      checkpoint: folder,
      ...(manifestSha256 === null ? {} : { manifestSha256 }),
      dataset: dataset.name,
      part: options.part,
      fingerprint: dataset.fingerprint,
      exact,
      complexityUnit: trained.measure.unit,
      ...(depth === undefined ? {} : { depth }),
      figures,
      images,
      ...(speed === null ? {} : { speed }),
    };
  } catch (error) {
    throw explainOutOfMemory(error, `a batch of ${options.batchSize} images`);
  } finally {
    trained.classifier.dispose();
  }
}
