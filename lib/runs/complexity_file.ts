import { join } from "node:path";
import { z } from "zod";
import { histogramOf } from "../analyses/describe_values.ts";
import { complexityMeasure } from "../complexity/measure_registry.ts";
import { CheckpointError, DataError, UsageError } from "../errors.ts";
import { readBoundedText } from "../read_bounded.ts";
import { measureDataset } from "../training/training_data.ts";
import { loadExperimentImages } from "./prepare_data.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import type { ComplexityHistogram } from "../page/page_data.ts";

/** File of a run folder that says how complex its training images are; of models that travel without them. */
export const COMPLEXITY_FILE = "complexity.json";

const BOUNDS = { maxBytes: 1e6, refusal: CheckpointError };

const schema = z.object({
  measure: z.string(),
  images: z.int().positive(),
  bins: z.array(z.object({
    from: z.number(),
    to: z.number(),
    count: z.int().nonnegative(),
  })).min(1).max(1000),
});

async function readHistogram(path: string, measure: string): Promise<ComplexityHistogram | null> {
  let text: string;
  try {
    text = await readBoundedText(path, BOUNDS);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError(`Cannot read ${path}: it is not JSON; remove it`, { cause });
  }
  const { data, error } = schema.safeParse(content);
  if (data === undefined || data.measure !== measure) {
    const problem = error?.issues[0]?.message.slice(0, 120) ?? `it is of ${data?.measure}`;
    throw new CheckpointError(`Cannot use ${path}: ${problem}; remove it`, { cause: error });
  }
  return { images: data.images, bins: data.bins };
}

async function measureTraining(
  config: ExperimentConfig,
  fingerprint: string,
): Promise<ComplexityHistogram> {
  const { train } = await loadExperimentImages(config);
  if (train.fingerprint !== fingerprint) {
    throw new DataError(
      `Cannot show the training images: the model was trained on images with fingerprint ${fingerprint}, ` +
        `those found in ${config.data.directory} have ${train.fingerprint}; give the folder of the same images (--data)`,
    );
  }
  const values = await measureDataset(train, complexityMeasure(config.model.complexity));
  return { images: train.length, bins: histogramOf(Float64Array.from(values).sort()) };
}

/** What fixes the training images of a run. */
export interface ComplexityOptions {
  /** Configuration of the run. */
  readonly config: ExperimentConfig;
  /** Fingerprint of the images that it was trained on. */
  readonly fingerprint: string;
  /** Where its images are; absent takes the file in its folder or else the place that its configuration names. */
  readonly directory?: string;
}

/**
 * Finds how complex the training images of a run are: from the file in its folder, or from the images.
 *
 * @param runDirectory Folder of the run.
 * @param options Configuration and images.
 * @returns The histogram; `null` where no place is given and there is neither file nor the same images.
 * @throws {CheckpointError} if the file is damaged or of another measure.
 * @throws {DataError} if a place is given that does not hold the images of the training.
 */
export async function complexityOfTraining(
  runDirectory: string,
  { config, fingerprint, directory }: ComplexityOptions,
): Promise<ComplexityHistogram | null> {
  if (directory !== undefined) {
    return await measureTraining({ ...config, data: { ...config.data, directory } }, fingerprint);
  }
  const found = await readHistogram(join(runDirectory, COMPLEXITY_FILE), config.model.complexity);
  if (found !== null) return found;
  try {
    return await measureTraining(config, fingerprint);
  } catch (error) {
    if (error instanceof DataError || error instanceof UsageError) return null;
    throw error;
  }
}
