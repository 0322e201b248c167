/** A training of the study: what differs from its base, one thing at a time. */
export interface StudyVariant {
  /** Names the run folder. */
  readonly name: string;
  /** What is changed, in words. */
  readonly change: string;
  /** Values of the configuration, `path=value` as `train --set` takes them. */
  readonly set: readonly string[];
}

/** What variants are set against. */
export interface StudyBase {
  /** The preset that the base starts from; `null` starts from the defaults, the paper to the letter. */
  readonly preset: string | null;
  /** What the base changes there, `path=value`. */
  readonly set: readonly string[];
  /** Everything that is tried, the base itself first. */
  readonly variants: readonly StudyVariant[];
}

/**
 * What a training of the study sets: the base's values, but for keys that the variant sets itself.
 *
 * @param base The base.
 * @param variant One of its variants.
 * @returns `path=value`, no path twice.
 */
export function settingsOf(base: StudyBase, variant: StudyVariant): string[] {
  const pathOf = (setting: string) => setting.split("=")[0];
  const own = new Set(variant.set.map(pathOf));
  return [...base.set.filter((setting) => !own.has(pathOf(setting))), ...variant.set];
}

const FIXED_DEPTH: StudyVariant = {
  name: "fixed-depth",
  change: "depth 10 for all, no adaptation",
  set: ["model.depthAdaptation=false", "model.parameterAdaptation=false"],
};

const DEPTH_ONLY: StudyVariant = {
  name: "depth-only",
  change: "depth follows the image, the initial state does not",
  set: ["model.parameterAdaptation=false"],
};

const COSINE: StudyVariant = {
  name: "cosine",
  change: "cosine schedule",
  set: ["training.schedule=cosine"],
};

const paperVariants: readonly StudyVariant[] = [
  { name: "base", change: "base: adaptive, one-cycle rate with peak 5e-3", set: [] },
  FIXED_DEPTH,
  DEPTH_ONLY,
  {
    name: "state-only",
    change: "the initial state follows the image, depth does not",
    set: ["model.depthAdaptation=false"],
  },
  {
    name: "identity",
    change: "identity shortcuts",
    set: ["model.identityShortcuts=true"],
  },
  { name: "sharing-1", change: "level sharing J = 1", set: ["training.levelSharing=1"] },
  { name: "sharing-0", change: "no level sharing, J = 0", set: ["training.levelSharing=0"] },
  { name: "learned-state", change: "learned initial state", set: ["model.initialState=learned"] },
  {
    name: "one-trajectory",
    change: "one trajectory of 12 steps for all depths",
    set: ["model.trajectorySteps=12"],
  },
  {
    name: "fine-trajectory",
    change: "one trajectory of 24 steps for all depths",
    set: ["model.trajectorySteps=24"],
  },
  {
    name: "one-generation",
    change: "one trajectory of 12 steps for all depths, from one initial state",
    set: ["model.trajectorySteps=12", "model.parameterAdaptation=false"],
  },
  { name: "midpoint", change: "midpoint method", set: ["model.solver=midpoint"] },
  { name: "two-levels", change: "two levels per depth", set: ["model.levelsPerDepth=2"] },
  {
    name: "deeper",
    change: "depth 8 to 14, kappa 0.96",
    set: ["model.minSteps=8", "model.maxSteps=14", "model.stepsPerBit=0.96"],
  },
  {
    name: "shallower",
    change: "depth 5 to 10, kappa 0.64",
    set: ["model.minSteps=5", "model.maxSteps=10", "model.stepsPerBit=0.64"],
  },
  { name: "half-rate", change: "half the rate", set: ["training.learningRate=0.0025"] },
  { name: "double-rate", change: "twice the rate", set: ["training.learningRate=0.01"] },
  COSINE,
  { name: "batch-32", change: "batch of 32", set: ["training.batchSize=32"] },
  {
    name: "more-statistics",
    change: "batch-norm statistics from 4,000 images a level, not 640",
    set: ["training.statisticsImages=4000"],
  },
  { name: "weight-decay", change: "weight decay 0.05", set: ["training.weightDecay=0.05"] },
  { name: "smoothing", change: "label smoothing 0.1", set: ["training.labelSmoothing=0.1"] },
  { name: "dropout", change: "dropout 0.2 before the head", set: ["training.dropout=0.2"] },
  {
    name: "channel-dropout",
    change: "channel dropout 0.1",
    set: ["training.channelDropout=0.1"],
  },
  {
    name: "half-state",
    change: "initial state of half the size",
    set: ["model.referenceComplexity=25"],
  },
  {
    name: "double-state",
    change: "initial state of twice the size",
    set: ["model.referenceComplexity=6.25"],
  },
  { name: "mixing", change: "feature mixing 0.5", set: ["training.featureMixing=0.5"] },
];

const regularizedVariants: readonly StudyVariant[] = [
  {
    name: "base",
    change:
      "base: the preset puppet-cnn-regularized as it was first: no mirror pairs, levels as they come, E of deviation 1, Adam",
    set: [],
  },
  {
    name: "no-identity",
    change: "no identity shortcuts",
    set: ["model.identityShortcuts=false"],
  },
  { name: "no-mixing", change: "no feature mixing", set: ["training.featureMixing=0"] },
  { name: "mixing-1", change: "feature mixing in every step", set: ["training.featureMixing=1"] },
  { name: "no-smoothing", change: "no label smoothing", set: ["training.labelSmoothing=0"] },
  { name: "no-dropout", change: "no dropout before the head", set: ["training.dropout=0"] },
  {
    name: "no-channel-dropout",
    change: "no channel dropout",
    set: ["training.channelDropout=0"],
  },
  { name: "no-weight-decay", change: "no weight decay", set: ["training.weightDecay=0"] },
  COSINE,
  { name: "double-rate", change: "twice the rate", set: ["training.learningRate=0.006"] },
  DEPTH_ONLY,
  FIXED_DEPTH,
];

/** The bases by name: the paper-literal model with the training of the small reference, and our preset. */
export const studyBases: Readonly<Record<"paper" | "regularized", StudyBase>> = {
  paper: {
    preset: null,
    set: ["training.schedule=one-cycle", "training.learningRate=0.005"],
    variants: paperVariants,
  },
  regularized: {
    preset: "puppet-cnn-regularized",
    // The preset as it was when the variants were trained: what is finished is found.
    set: [
      "model.mirrorSymmetry=false",
      "model.initialStateSize=1",
      "training.levelSmoothing=0.1",
      "training.optimizer=adam",
    ],
    variants: regularizedVariants,
  },
};
