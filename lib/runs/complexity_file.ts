import { join } from "node:path";
import { z } from "zod";
import { histogramOf } from "../analyses/describe_values.ts";
import { complexityMeasure } from "../complexity/measure_registry.ts";
import { CheckpointError, DataError } from "../errors.ts";
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

/**
 * Finds how complex the training images of a run are: from the file in its folder, or else from the images.
 *
 * @param runDirectory Folder of the run.
 * @param config Configuration of the run, with the place of its images.
 * @returns The histogram; `null` where there is neither file nor images.
 * @throws {CheckpointError} if the file is damaged or of another measure.
 */
export async function complexityOfTraining(
  runDirectory: string,
  config: ExperimentConfig,
): Promise<ComplexityHistogram | null> {
  const { complexity } = config.model;
  const found = await readHistogram(join(runDirectory, COMPLEXITY_FILE), complexity);
  if (found !== null) return found;
  try {
    const { train } = await loadExperimentImages(config);
    const values = await measureDataset(train, complexityMeasure(complexity));
    return { images: train.length, bins: histogramOf(Float64Array.from(values).sort()) };
  } catch (error) {
    if (error instanceof DataError) return null;
    throw error;
  }
}
