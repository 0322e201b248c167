import { measureComplexity } from "../complexity/measure_complexity.ts";
import { imageChunks } from "../datasets/image_chunks.ts";
import { yieldToEventLoop } from "../tensors/event_loop.ts";
import type { ComplexityMeasure } from "../complexity/complexity_measure.ts";
import type { ImageDataset } from "../datasets/dataset.ts";

/** Images in memory at a time at most, whatever the size of the dataset. */
const CHUNK_IMAGES = 64;

/** What one measure said of all images. */
export interface MeasuredImages {
  /** The measure. */
  readonly measure: ComplexityMeasure;
  /** `[images]`, in the unit of the measure. */
  readonly values: Float64Array;
  /** Wall time of this measure alone, reading left out, in seconds. */
  readonly seconds: number;
}

/**
 * Measures every image by several measures in one pass over the data.
 *
 * @param dataset The images.
 * @param options The measures, and who is told how far it has come.
 * @returns One result per measure, in their order.
 */
export async function measureImages(
  dataset: ImageDataset,
  options: {
    readonly measures: readonly ComplexityMeasure[];
    readonly report?: (done: number, total: number) => void;
  },
): Promise<MeasuredImages[]> {
  const { height, width, length } = dataset;
  const results = options.measures.map((measure) => ({
    measure,
    values: new Float64Array(length),
    milliseconds: 0,
  }));
  let done = 0;
  for (const chunk of imageChunks(dataset, { images: CHUNK_IMAGES })) {
    const pixels = await dataset.read(chunk);
    // Translating a measure to machine code would be charged to its first images, and parts of it to one measure only.
    if (done === 0) {
      for (const { measure } of results) measureComplexity(pixels, { height, width, measure });
    }
    for (const result of results) {
      const started = performance.now();
      const { measure } = result;
      result.values.set(measureComplexity(pixels, { height, width, measure }), done);
      result.milliseconds += performance.now() - started;
    }
    done += chunk.length;
    options.report?.(done, length);
    await yieldToEventLoop();
  }
  return results.map(({ measure, values, milliseconds }) => ({
    measure,
    values,
    seconds: milliseconds / 1000,
  }));
}
