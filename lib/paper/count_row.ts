import { countModel } from "../models/count_model.ts";
import { generatesKernels, hasOwnTrajectories } from "../models/model_layers.ts";
import { modelEntry } from "../models/model_registry.ts";
import type { ModelConfig } from "../models/model_config.ts";
import type { CountedFigures } from "./comparison.ts";

/** What is counted. */
export interface CountTask {
  /** The model. */
  readonly model: ModelConfig;
  /** Number of classes. */
  readonly classes: number;
  /** Side of the images in pixels. */
  readonly side: number;
}

/** Counts a model for a row of a comparison; the same task is counted once. */
export type Counter = (task: CountTask) => Promise<CountedFigures>;

/** Stored networks have no width or trajectory to configure: their name says it all. */
function keyOf({ model, classes, side }: CountTask): string {
  const entry = modelEntry(model.name);
  const isFixed = entry.kind !== "plain" && !generatesKernels(entry);
  return JSON.stringify([isFixed ? model.name : model, classes, side]);
}

async function countRow({ model, classes, side }: CountTask): Promise<CountedFigures> {
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

/**
 * Makes a counter that remembers: models with a class of their own take seconds to count.
 *
 * @returns The counter. Models with a class of their own need a backend.
 */
export function createCounter(): Counter {
  const counted = new Map<string, Promise<CountedFigures>>();
  return (task) => {
    const key = keyOf(task);
    const known = counted.get(key) ?? countRow(task);
    counted.set(key, known);
    return known;
  };
}
