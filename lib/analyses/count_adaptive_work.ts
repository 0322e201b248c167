import { countModel } from "../models/count_model.ts";
import type { MapSize } from "../architectures/count_layers.ts";
import type { LevelWork } from "../models/count_model.ts";
import type { ModelConfig } from "../models/model_config.ts";
import type {
  AdaptiveWork,
  DepthWork,
  FixedDepthComparison,
  LevelShare,
} from "./depth_analysis.ts";

/** Work of the levels of one depth, which have the same layers. */
function workOfDepth(
  depth: number,
  levels: readonly (LevelShare & { readonly work: WorkOfUse })[],
): DepthWork {
  const own = levels.filter((level) => level.depth === depth);
  return {
    depth,
    images: own.reduce((sum, { images }) => sum + images, 0),
    multiplyAdds: own.reduce((sum, { work }) => sum + work.perImage, 0) / own.length,
    generation: own.reduce((sum, { work }) => sum + work.once, 0),
  };
}

/** Multiply-adds of a level: for every image, and once. */
interface WorkOfUse {
  readonly perImage: number;
  readonly once: number;
}

function workOfUse({ forward, dynamics, resizing }: LevelWork, exact: boolean): WorkOfUse {
  const generation = dynamics + resizing;
  return exact
    ? { perImage: forward + generation, once: 0 }
    : { perImage: forward, once: generation };
}

function compare(
  against: FixedDepthComparison["against"],
  depth: number,
  work: { readonly depths: readonly DepthWork[]; readonly mean: number },
): FixedDepthComparison {
  const { multiplyAdds } = work.depths.find((one) => one.depth === depth)!;
  return { against, depth, multiplyAdds, saving: 1 - work.mean / multiplyAdds };
}

/**
 * Counts the work of a model on images whose levels are known, and what adaptive depth saves against one depth for all.
 *
 * @param config The model.
 * @param options Classes, size of the images, images by level, whether depth follows the complexity, and whether every
 * image has kernels of its own.
 * @returns The figures.
 * @throws {RangeError} if the images are too small for the model's poolings.
 */
export async function countAdaptiveWork(
  config: ModelConfig,
  options: {
    readonly classes: number;
    readonly image: MapSize;
    readonly levels: readonly LevelShare[];
    readonly adaptsDepth: boolean;
    readonly exact: boolean;
  },
): Promise<AdaptiveWork> {
  const { classes, image, adaptsDepth, exact } = options;
  const count = await countModel(config, { classes, image });
  const levels = options.levels.map((level) => ({
    ...level,
    work: workOfUse(count.levels[level.level]!, exact),
  }));
  const depthList = [...new Set(levels.map(({ depth }) => depth))];
  const depths = depthList.map((depth) => workOfDepth(depth, levels));
  const mean = levels.reduce((sum, { share, work }) => sum + share * work.perImage, 0);
  const meanDepth = Math.round(levels.reduce((sum, { share, depth }) => sum + share * depth, 0));
  return {
    model: config.name,
    maxChannels: config.maxChannels,
    decides: count.decides,
    exact,
    depths,
    meanMultiplyAdds: mean,
    generation: depths.reduce((sum, { generation }) => sum + generation, 0),
    comparisons: adaptsDepth
      ? [
        compare("max", Math.max(...depthList), { depths, mean }),
        compare("mean", meanDepth, { depths, mean }),
      ]
      : [],
  };
}
