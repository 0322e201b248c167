import * as tf from "@tensorflow/tfjs-core";
import { convolutionsOf } from "../architectures/layer.ts";
import { yieldToEventLoop } from "../tensors/event_loop.ts";
import { layersOfModel } from "../models/model_layers.ts";
import { LevelClassifier } from "../puppet/level_classifier.ts";
import type { Puppeteer } from "../puppeteer/puppeteer.ts";
import { drawKernels } from "./kernel_picture.ts";
import type { ConvolutionLayer } from "../architectures/layer.ts";
import type { Classifier } from "../classifiers/classifier.ts";
import type { ModelConfig } from "../models/model_config.ts";
import type { ModelLayers } from "../models/model_layers.ts";
import type { ComplexityLevel } from "../puppeteer/complexity_levels.ts";
import type { TrajectoryOptions } from "../puppeteer/puppeteer.ts";
import type {
  FirstKernels,
  KernelPicture,
  TrajectoryFigures,
  WeightsReport,
} from "./run_report.ts";

/** More kernels than this would be a picture that nobody looks at. */
const SHOWN_KERNELS = 64;

function rootMeanSquare(values: tf.Tensor): tf.Scalar {
  return tf.sqrt(tf.mean(tf.square(values))) as tf.Scalar;
}

/** Follows one trajectory; the states themselves are too large to keep. */
async function followTrajectory(
  puppeteer: Puppeteer,
  level: ComplexityLevel,
  options: { readonly depth: number } & Pick<TrajectoryOptions, "onStep">,
): Promise<TrajectoryFigures> {
  const { depth } = options;
  const norms = tf.tidy(() => {
    const generated = puppeteer.states({ ...level, depth }, options);
    const states = [puppeteer.initialState(level), ...generated];
    const changes = states.slice(1).map((state, index) =>
      tf.mul(rootMeanSquare(tf.sub(state, states[index]!)), depth)
    );
    return tf.stack([...states.map(rootMeanSquare), ...changes]);
  });
  const values = Array.from(await norms.data());
  norms.dispose();
  const { index, complexity, scale } = level;
  return {
    level: index,
    complexity,
    depth,
    scale,
    stateNorms: values.slice(0, depth + 1),
    changeNorms: values.slice(depth + 1),
  };
}

async function collectTrajectories(
  model: ModelLayers,
  options: {
    readonly classifier: LevelClassifier;
    readonly begin: () => Required<Pick<TrajectoryOptions, "onStep">>;
  },
): Promise<TrajectoryFigures[]> {
  const { classifier: { puppeteer }, begin } = options;
  const { isGenerated } = model;
  if (isGenerated === null || puppeteer === null) return [];
  const trajectories: TrajectoryFigures[] = [];
  for (const level of model.levels.list) {
    await yieldToEventLoop();
    const depth = convolutionsOf(model.layersOf(level)).filter(isGenerated).length;
    trajectories.push(await followTrajectory(puppeteer, level, { depth, ...begin() }));
  }
  return trajectories;
}

/** The first convolution whose kernel is generated, or the first of all where none is. */
function firstLayerOf(model: ModelLayers) {
  const layers = convolutionsOf(model.layersOf(model.levels.list[0]!));
  return layers.find((layer) => model.isGenerated?.(layer) === true) ?? layers[0];
}

async function readKernel(
  classifier: LevelClassifier,
  level: ComplexityLevel,
  options: { readonly name: string } & Pick<TrajectoryOptions, "onStep">,
) {
  const kernel = tf.tidy(() => classifier.kernelsOf(level, options).get(options.name)!.clone());
  const values = await kernel.data<"float32">();
  kernel.dispose();
  return Float32Array.from(values);
}

async function collectFirstKernels(
  model: ModelLayers,
  options: {
    readonly classifier: LevelClassifier;
    readonly begin: () => Required<Pick<TrajectoryOptions, "onStep">>;
  },
): Promise<FirstKernels | null> {
  const { classifier, begin } = options;
  const layer = firstLayerOf(model);
  if (layer === undefined || layer.depthwise) return null;
  const generated = model.isGenerated?.(layer) === true;
  const levels = generated ? model.levels.list : model.levels.list.slice(0, 1);
  const kernels = new Map<ComplexityLevel, Float32Array>();
  for (const level of levels) {
    const { name } = layer;
    kernels.set(level, await readKernel(classifier, level, { name, ...begin() }));
  }
  const largest = scaleOf([...kernels.values()]);
  return {
    layer: layer.name,
    generated,
    kernels: Math.min(layer.outputChannels, SHOWN_KERNELS),
    kernelSize: layer.kernelSize,
    largest,
    pictures: drawAll(kernels, layer, largest),
    ...differencesOf(kernels, layer),
  };
}

function drawAll(
  kernels: ReadonlyMap<ComplexityLevel, Float32Array>,
  layer: ConvolutionLayer,
  largest: number,
): KernelPicture[] {
  return [...kernels].map(([level, values]) => ({
    level: level.index,
    depth: level.depth,
    source: drawKernels(values, { ...layer, largest, shown: SHOWN_KERNELS }),
  }));
}

/** Kernels of neighbouring levels are alike to the eye: what they differ in is drawn on a scale of its own. */
function differencesOf(
  kernels: ReadonlyMap<ComplexityLevel, Float32Array>,
  layer: ConvolutionLayer,
): Pick<FirstKernels, "differences"> {
  const [first, ...others] = kernels;
  if (first === undefined || others.length === 0) return {};
  const base = first[1];
  const differences = new Map(
    others.map(([level, values]) => [level, values.map((value, at) => value - base[at]!)]),
  );
  const largest = scaleOf([...differences.values()]);
  return { differences: { largest, pictures: drawAll(differences, layer, largest) } };
}

/** The number that only one in fifty exceeds: a scale of the largest of all would leave the others grey. */
function scaleOf(kernels: readonly Float32Array[]): number {
  const sizes = kernels.flatMap((values) => Array.from(values, Math.abs)).sort((a, b) => a - b);
  return sizes[Math.floor(sizes.length * 0.98)] ?? 0;
}

/**
 * Looks at the weights of a model: trajectories of its puppeteer, kernels of its first layer. The backend of the
 * classifier must be current.
 *
 * @param config Configuration of the model.
 * @param classifier The model; not changed.
 * @param options Number of classes, and who is told how many trajectories are generated, of how many.
 * @returns Norms along every level's trajectory, and pictures of the first kernels.
 */
export async function collectWeights(
  config: ModelConfig,
  classifier: Classifier,
  options: {
    readonly classes: number;
    readonly report?: (done: number, total: number) => void;
  },
): Promise<WeightsReport> {
  const model = layersOfModel(config, options.classes);
  if (model === null || !(classifier instanceof LevelClassifier)) {
    return { trajectories: [], firstKernels: null };
  }
  // Each level's trajectory is followed once for its norms and once for the first kernels.
  const all = 2 * model.levels.list.length;
  let begun = -1;
  const begin = () => {
    begun += 1;
    return {
      onStep: (done: number, steps: number) => options.report?.(begun + done / steps, all),
    };
  };
  return {
    trajectories: await collectTrajectories(model, { classifier, begin }),
    firstKernels: await collectFirstKernels(model, { classifier, begin }),
  };
}
