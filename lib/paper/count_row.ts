import { countModel } from "../models/count_model.ts";
import { hasOwnTrajectories } from "../models/model_layers.ts";
import type { ModelConfig } from "../models/model_config.ts";
import type { CountedFigures } from "./comparison.ts";

/** What is counted. */
interface CountTask {
  /** The model. */
  readonly model: ModelConfig;
  /** Number of classes. */
  readonly classes: number;
  /** Side of the images in pixels. */
  readonly side: number;
}

/**
 * Counts a model for a row of a comparison. Nothing is computed, and no backend is needed.
 *
 * @param task Model, number of classes, side of the images.
 * @returns Sizes and multiply-adds.
 */
export async function countRow({ model, classes, side }: CountTask): Promise<CountedFigures> {
  const count = await countModel(model, { classes, image: { height: side, width: side } });
  const { parameters, megabytes, reference } = count;
  const generation = reference.dynamics + reference.resizing;
  const puppeteerMegabytes = parameters.puppeteer > 0 ? megabytes.puppeteer : null;
  return {
    puppeteerMegabytes,
    storedMegabytes: megabytes.total,
    paperColumnMegabytes: puppeteerMegabytes ?? megabytes.total,
    storedParameters: parameters.total,
    multiplyAddsOfTool: count.multiplyAddsOfTool,
    batch: count.batch,
    forwardPerImage: reference.forward,
    generationPerLevel: generation,
    // In exact mode no image shares its kernels.
    amortizedPerImage: hasOwnTrajectories(model)
      ? reference.forward + generation
      : reference.amortized,
    decides: count.decides,
  };
}
