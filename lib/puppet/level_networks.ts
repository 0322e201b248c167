import type * as tf from "@tensorflow/tfjs-core";
import type { Layer } from "../architectures/layer.ts";
import type { LayerWeights } from "../classifiers/layer_weights.ts";
import type { ComplexityLevel, ComplexityLevels } from "../puppeteer/complexity_levels.ts";
import type { TrajectoryOptions } from "../puppeteer/puppeteer.ts";

/** The networks of a classifier, one per complexity level, as inference needs them. */
export interface LevelNetworks {
  /** The levels; one for an ordinary network. */
  readonly levels: ComplexityLevels;
  /** Stored parameters of the layers, shared by all levels. */
  readonly weights: LayerWeights;
  /** Layers of the network that serves a level. */
  layersOf(level: ComplexityLevel): Layer[];
  /** Multiply-adds that generate its kernels once; 0 where all are stored. */
  generationWork(level: ComplexityLevel): number;
  /** Kernels of that network by name of the layer, `[kernelSize, kernelSize, in, out]`, float32. */
  kernelsOf(level: ComplexityLevel, options?: TrajectoryOptions): Map<string, tf.Tensor4D>;
}
