import { z } from "zod";
import type { BackendName } from "../backends/backend.ts";
import { complexityMeasureNames } from "../complexity/measure_registry.ts";
import { modelNames } from "../models/model_names.ts";
import {
  flag,
  listed,
  nonEmptyText,
  oneOf,
  positive,
  real,
  realBelow,
  whole,
  wholeOrNull,
} from "./config_values.ts";
import { withDerivedDefaults } from "./derived_defaults.ts";
import type { DataConfig } from "../datasets/data_config.ts";
import type { ModelConfig } from "../models/model_config.ts";
import type { TrainingConfig } from "../training/training_config.ts";

/** Everything that fixes an experiment. */
export interface ExperimentConfig {
  /** Which images. */
  readonly data: DataConfig;
  /** Which model. */
  readonly model: ModelConfig;
  /** How it is trained. */
  readonly training: TrainingConfig;
  /** What computes; `auto` takes the first backend that works here. */
  readonly backend: "auto" | BackendName;
}

const dataSchema = z.strictObject({
  dataset: oneOf(["cifar10", "cifar100", "mini-imagenet", "synthetic", "folder"], {
    is: "dataset",
    default: "cifar10",
  }),
  directory: nonEmptyText({ is: "folder that holds the dataset", default: "data" }),
  images: wholeOrNull(1, 1e9, {
    is: "images taken from the training part, validation included; null takes all",
    default: 10_000,
  }),
  validationFraction: realBelow(0, 1, {
    is: "share of those images held out for validation",
    default: 0.2,
  }),
  selection: oneOf(["random", "first"], {
    is: "random draws the images by seed; first keeps the order of the files",
    default: "random",
  }),
  testImages: wholeOrNull(1, 1e9, {
    is: "images of the test part that are evaluated; null takes all",
    default: null,
  }),
  imageSize: whole(8, 1024, {
    is: "side in pixels of the images of a folder or of synthetic images",
    default: 32,
  }),
  resizeTo: wholeOrNull(8, 2048, {
    is: "side to which images of a folder are resized before image-size is cut out, at random in " +
      "training, else from the centre; null resizes only",
    default: null,
  }),
  splitSeed: wholeOrNull(0, 2 ** 32 - 1, {
    is: "seed of the draw of images and validation part; null takes the run's seed",
    default: null,
  }),
  classes: whole(2, 100, { is: "classes of the synthetic dataset", default: 10 }),
});

const modelSchema = z.strictObject({
  name: oneOf(modelNames, {
    is: "the model; the command models lists them",
    default: "puppet-cnn",
  }),
  maxChannels: whole(8, 8192, {
    is: "C, the largest channel count; the stages have C/8, C/4, C/2 and C",
    default: 512,
  }),
  kernelSize: whole(1, 15, { is: "side of the convolution kernels in taps, odd", default: 3 }),
  initialState: oneOf(["seeded", "orthogonal", "low-frequency", "learned", "constant"], {
    is: "where the trajectory starts; learned adds C x C x taps parameters",
    default: "seeded",
  }),
  solver: oneOf(["euler", "midpoint", "heun", "rk4"], {
    is: "method that integrates the dynamics",
    default: "euler",
  }),
  trajectorySteps: wholeOrNull(1, 1000, {
    is:
      "integration steps of one trajectory that networks of every depth are read from; null integrates each " +
      "depth with its own",
    default: null,
  }),
  kernelResizing: oneOf(["pooling", "selection"], {
    is:
      "how a state becomes the kernel of a smaller layer: mean of groups of channels, or one channel of each",
    default: "pooling",
  }),
  complexity: listed(complexityMeasureNames, {
    is: "complexity measure of an image",
    default: "entropy",
  }),
  depthAdaptation: flag({ is: "depth follows the complexity of the image", default: true }),
  parameterAdaptation: flag({
    is: "the initial state follows the complexity of the image",
    default: true,
  }),
  fixedDepth: whole(1, 1000, { is: "layers without depth adaptation", default: 10 }),
  stepsPerBit: positive(1000, { is: "kappa: layers per bit of complexity", default: 0.8 }),
  complexityOffset: real(-1e6, 1e6, {
    is: "complexity in bits from which on layers are counted",
    default: 0,
  }),
  minSteps: whole(1, 1000, { is: "fewest layers of an image", default: 6 }),
  maxSteps: whole(1, 1000, { is: "most layers of an image", default: 12 }),
  levelsPerDepth: whole(1, 1000, { is: "complexity levels per depth", default: 1 }),
  exact: flag({ is: "every image has its own trajectory; slow", default: false }),
  referenceComplexity: positive(1e6, {
    is: "complexity in bits at which the initial state is not scaled",
    default: 12.5,
  }),
  scaleExponent: positive(100, {
    is: "power of complexity that the scale of the initial state follows",
    default: 1,
  }),
  identityShortcuts: flag({
    is: "adds a layer's input to its output where the shapes agree",
    default: false,
  }),
  activation: oneOf(["relu", "leaky-relu"], {
    is: "follows the convolutions of puppet-cnn and fixed-cnn; leaky-relu has slope 0.1 below zero",
    default: "relu",
  }),
});

const trainingSchema = z.strictObject({
  epochs: whole(1, 1e6, { is: "passes over the training images", default: 100 }),
  batchSize: whole(1, 65_536, { is: "images per step", default: 64 }),
  seed: whole(0, 2 ** 32 - 1, { is: "root of every random stream of the run", default: 1 }),
  learningRate: positive(100, { is: "peak learning rate", default: 1e-3 }),
  minLearningRate: real(0, 100, {
    is: "learning rate at the end of a cosine or one-cycle schedule",
    default: 1e-5,
  }),
  schedule: oneOf(["constant", "cosine", "one-cycle"], {
    is: "how the learning rate moves over the run",
    default: "cosine",
  }),
  warmupEpochs: real(0, 1e6, {
    is: "epochs of linear warm-up before a constant or cosine schedule",
    default: 0,
  }),
  beta1: realBelow(0, 1, { is: "Adam: decay of the first moment", default: 0.9 }),
  beta2: realBelow(0, 1, { is: "Adam: decay of the second moment", default: 0.999 }),
  epsilon: positive(1, { is: "Adam: added to the root of the second moment", default: 1e-8 }),
  weightDecay: real(0, 100, {
    is: "decoupled weight decay of kernels and matrices per unit of learning rate; 0 is none",
    default: 0,
  }),
  labelSmoothing: realBelow(0, 1, {
    is: "share of the target that is spread evenly over all classes",
    default: 0,
  }),
  dropout: realBelow(0, 1, {
    is: "share of the inputs of linear layers that are dropped in training",
    default: 0,
  }),
  channelDropout: realBelow(0, 1, {
    is: "share of the channels of feature maps that are dropped in training",
    default: 0,
  }),
  featureMixing: real(0, 1, {
    is: "share of the steps in which feature maps of pairs of images, and their classes, are mixed",
    default: 0,
  }),
  weightAveraging: realBelow(0, 1, {
    is:
      "decay of the moving average of the weights, which is evaluated in their place; 0 averages none",
    default: 0,
  }),
  clipNorm: real(0, 1e9, {
    is: "largest global norm of the gradient; 0 does not clip",
    default: 0,
  }),
  levelSharing: z.union([z.literal("all"), z.int().min(0).max(1000)]).default("all").meta({
    description: "a level is trained on images of levels at most this far from it",
    allowed: "all, or a whole number in 0..1000",
  }),
  finalLevelSharing: z.union([z.literal("same"), z.int().min(0).max(1000)]).default("same").meta({
    description: "the sharing distance of the last epoch, reached linearly over the run",
    allowed: "same, or a whole number in 0..1000",
  }),
  levelSmoothing: real(0, 1, {
    is: "share of the steps whose level is drawn uniformly",
    default: 0.1,
  }),
  statisticsImages: whole(1, 1e6, {
    is: "training images per level for the batch-norm statistics",
    default: 640,
  }),
  fitDepths: flag({
    is:
      "where nearly all training images would have one depth, kappa and its offset are fitted to them",
    default: false,
  }),
  flip: flag({ is: "mirrors half of the training images", default: false }),
  crop: whole(0, 512, {
    is: "pads by this many pixels and crops back at random; 0 is off",
    default: 0,
  }),
  color: realBelow(0, 1, {
    is:
      "changes brightness, contrast and saturation of training images by up to this share; 0 is off",
    default: 0,
  }),
  patience: whole(0, 1e6, {
    is: "validations without a better accuracy before stopping; 0 never stops",
    default: 0,
  }),
  minDelta: realBelow(0, 1, {
    is: "gain in validation accuracy, 0..1, that patience counts as none",
    default: 0,
  }),
  validateEvery: whole(1, 1e6, { is: "epochs between two validations", default: 1 }),
  stepsPerEpoch: wholeOrNull(1, 1e9, {
    is: "stops every epoch after this many steps; null uses all images",
    default: null,
  }),
  recompute: z.union([z.literal("auto"), z.boolean()]).default("auto").meta({
    description:
      "computes states again in the backward pass instead of keeping them: less memory, " +
      "more time; auto does where WASM's memory is too small",
    allowed: "auto, true or false",
  }),
});

const backendSchema = oneOf(["auto", "tensorflow", "webgpu", "wasm", "cpu"], {
  is: "numerical backend; auto takes the first that works here",
  default: "auto",
});

/** The schema of a configuration: strict, and every key has a default. */
const experimentSchema = z.strictObject({
  data: dataSchema.prefault({}),
  model: modelSchema.prefault({}),
  training: trainingSchema.prefault({}),
  backend: backendSchema,
});

// Does not compile when the schema and the interfaces that the library uses drift apart: this line is
// one direction, the return of completeConfig() the other.
void ((config: ExperimentConfig): z.output<typeof experimentSchema> => config);

/** A key of the configuration, with what a person has to know about it. */
export interface ConfigKey {
  /** Section and name: `model.maxChannels`; the key `backend` has no section. */
  readonly path: string;
  /** What it is, with its unit. */
  readonly description: string;
  /** The values allowed, in words: `a whole number in 1..65536`. */
  readonly allowed: string;
  /** Value where nothing is given. */
  readonly default: unknown;
  /** Whether a value has the right type and range. */
  readonly accepts: (value: unknown) => boolean;
}

function describeKey(path: string, schema: z.ZodType): ConfigKey {
  const { description, allowed } = schema.meta() ?? {};
  if (typeof description !== "string" || typeof allowed !== "string") {
    throw new TypeError(`Cannot describe configuration key ${path}: its schema has no texts`);
  }
  return {
    path,
    description,
    allowed,
    default: schema.parse(undefined),
    accepts: (value) => value !== undefined && schema.safeParse(value).success,
  };
}

function describeSection(section: string, shape: Readonly<Record<string, z.ZodType>>): ConfigKey[] {
  return Object.entries(shape).map(([name, schema]) => describeKey(`${section}.${name}`, schema));
}

/** Every key of the configuration, in the order in which it is written. */
export const CONFIG_KEYS: readonly ConfigKey[] = [
  ...describeSection("data", dataSchema.shape),
  ...describeSection("model", modelSchema.shape),
  ...describeSection("training", trainingSchema.shape),
  describeKey("backend", backendSchema),
];

/**
 * Fills a configuration with the defaults and gives it its type. The input's keys and values must have been
 * checked (see `parseConfig`, whose messages are made for people).
 *
 * @param input A plain object; sections and keys may be missing.
 * @returns The complete configuration.
 * @throws {z.ZodError} if a key is unknown or a value is not allowed.
 */
export function completeConfig(input: unknown): ExperimentConfig {
  return experimentSchema.parse(withDerivedDefaults(input));
}

/**
 * The configuration that nothing was said about: the protocol of the paper on 10,000 CIFAR-10 images.
 *
 * @returns The defaults.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(defaultConfig().model.maxChannels, 512);
 * assert.equal(defaultConfig().training.epochs, 100);
 * ```
 */
export function defaultConfig(): ExperimentConfig {
  return completeConfig({});
}
