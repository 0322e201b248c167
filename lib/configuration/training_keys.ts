import {
  flag,
  flagOr,
  oneOf,
  positive,
  real,
  realBelow,
  whole,
  wholeOr,
  wholeOrNull,
} from "./config_values.ts";

/** The keys of the section `training`. How it is trained. */
export const trainingKeys = {
  epochs: whole(1, 1e6, {
    description: "passes over the training images",
    default: 100,
    option: "--epochs <count>",
    mayChange: true,
  }),
  batchSize: whole(1, 65_536, {
    description: "images per step; those that fill no batch at the end of an epoch are left out",
    default: 64,
    option: "--batch-size <images>",
  }),
  seed: whole(0, 2 ** 32 - 1, {
    description: "root of every random stream of the run",
    default: 1,
    option: "--seed <number>",
  }),
  learningRate: positive(100, {
    description: "peak learning rate",
    default: 1e-3,
    option: "--learning-rate <rate>",
  }),
  minLearningRate: real(0, 100, {
    description: "learning rate at the end of a cosine or one-cycle schedule",
    default: 1e-5,
    option: "--min-learning-rate <rate>",
  }),
  schedule: oneOf(["constant", "cosine", "one-cycle"], {
    description: "how the learning rate moves over the run",
    default: "cosine",
    option: "--schedule <name>",
  }),
  warmupEpochs: real(0, 1e6, {
    description: "epochs of linear warm-up before a constant or cosine schedule",
    default: 0,
    option: "--warmup-epochs <count>",
  }),
  optimizer: oneOf(["adam", "muon"], {
    description:
      "what updates the matrices that mix channels, the puppeteer's and stored kernels; Adam updates the rest",
    default: "adam",
    option: "--optimizer <name>",
    isLater: true,
  }),
  beta1: realBelow(0, 1, {
    description: "Adam: decay of the first moment",
    default: 0.9,
    option: "--beta1 <decay>",
  }),
  beta2: realBelow(0, 1, {
    description: "Adam: decay of the second moment",
    default: 0.999,
    option: "--beta2 <decay>",
  }),
  epsilon: positive(1, {
    description: "Adam: added to the root of the second moment",
    default: 1e-8,
    option: "--epsilon <number>",
  }),
  weightDecay: real(0, 100, {
    description:
      "decoupled weight decay of kernels and matrices per unit of learning rate; 0 is none",
    default: 0,
    option: "--weight-decay <rate>",
  }),
  labelSmoothing: realBelow(0, 1, {
    description: "share of the target that is spread evenly over all classes",
    default: 0,
    option: "--label-smoothing <share>",
  }),
  dropout: realBelow(0, 1, {
    description: "share of the inputs of linear layers that are dropped in training",
    default: 0,
    option: "--dropout <share>",
  }),
  channelDropout: realBelow(0, 1, {
    description: "share of the channels of feature maps that are dropped in training",
    default: 0,
    option: "--channel-dropout <share>",
  }),
  featureMixing: real(0, 1, {
    description:
      "share of the steps in which feature maps of pairs of images, and their classes, are mixed",
    default: 0,
    option: "--feature-mixing <share>",
  }),
  clipNorm: real(0, 1e9, {
    description: "largest global norm of the gradient; 0 does not clip",
    default: 0,
    option: "--clip-norm <norm>",
  }),
  levelSharing: wholeOr("all", 0, 1000, {
    description: "a level is trained on images of levels at most this far from it",
    default: "all",
    option: "--level-sharing <levels>",
  }),
  levelSmoothing: real(0, 1, {
    description: "share of the steps whose level is drawn uniformly",
    default: 0.1,
    option: "--level-smoothing <share>",
  }),
  statisticsImages: whole(1, 1e6, {
    description: "training images per level for the batch-norm statistics",
    default: 640,
    option: "--statistics-images <count>",
  }),
  freeze: oneOf(["none", "puppeteer"], {
    description: "parameters that keep their values; puppeteer trains norms and head only",
    default: "none",
    option: "--freeze <part>",
  }),
  fitDepths: flag({
    description:
      "where nearly all training images would be of one level, kappa and its offset are fitted to them",
    default: false,
    option: "--fit-depths",
  }),
  flip: flag({
    description: "mirrors half of the training images",
    default: false,
    option: "--flip",
  }),
  crop: whole(0, 512, {
    description: "pads by this many pixels and crops back at random; 0 is off",
    default: 0,
    option: "--crop <pixels>",
  }),
  color: realBelow(0, 1, {
    description:
      "changes brightness, contrast and saturation of training images by up to this share; 0 is off",
    default: 0,
    option: "--color <share>",
  }),
  patience: whole(0, 1e6, {
    description: "validations without a better accuracy before stopping; 0 never stops",
    default: 0,
    option: "--patience <count>",
    mayChange: true,
  }),
  minDelta: realBelow(0, 1, {
    description:
      "gain in validation accuracy, 0..1, that a validation must exceed to count for patience",
    default: 0,
    option: "--min-delta <gain>",
    mayChange: true,
  }),
  validateEvery: whole(1, 1e6, {
    description: "epochs between two validations",
    default: 1,
    option: "--validate-every <epochs>",
  }),
  stepsPerEpoch: wholeOrNull(1, 1e9, {
    description: "stops every epoch after this many steps",
    default: null,
    option: "--steps-per-epoch <count>",
    orNull: ["all", "uses all images"],
  }),
  recompute: flagOr("auto", {
    description:
      "computes states again in the backward pass instead of keeping them: less memory, " +
      "more time; auto does where WASM's memory is too small",
    default: "auto",
    option: "--recompute",
    mayChange: true,
    isPlace: true,
  }),
};
