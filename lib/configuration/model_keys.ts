import { complexityMeasureNames } from "../complexity/measure_registry.ts";
import { modelNames } from "../models/model_names.ts";
import { MAX_STEPS_PER_BIT } from "../puppeteer/fit_schedule.ts";
import { flag, listed, oneOf, positive, real, whole, wholeOrNull } from "./config_values.ts";

/** The keys of the section `model`. Which model. */
export const modelKeys = {
  name: oneOf(modelNames, {
    description: "the model; the command models lists them",
    default: "puppet-cnn",
    option: "--model <name>",
  }),
  maxChannels: whole(8, 8192, {
    description: "C, the largest channel count; the stages have C/8, C/4, C/2 and C",
    default: 512,
    option: "--channels <count>",
  }),
  kernelSize: whole(1, 15, {
    description: "side of the convolution kernels in taps, odd",
    default: 3,
    option: "--kernel-size <taps>",
  }),
  initialState: oneOf(["seeded", "learned", "constant"], {
    description: "where the trajectory starts; learned adds C x C x taps parameters",
    default: "seeded",
    option: "--initial-state <kind>",
  }),
  initialStateSize: positive(100, {
    description:
      "size of the numbers of the initial state before it is scaled: their standard deviation, or the constant",
    default: 1,
    option: "--initial-state-size <deviation>",
    isLater: true,
  }),
  solver: oneOf(["euler", "midpoint", "heun", "rk4"], {
    description: "method that integrates the dynamics",
    default: "euler",
    option: "--solver <method>",
  }),
  trajectorySteps: wholeOrNull(1, 1000, {
    description: "integration steps of one trajectory that networks of every depth are read from",
    default: null,
    option: "--trajectory-steps <count>",
    orNull: ["own", "integrates each depth with its own steps"],
  }),
  complexity: listed(complexityMeasureNames, {
    description: "complexity measure of an image",
    default: "entropy",
    option: "--complexity <measure>",
  }),
  depthAdaptation: flag({
    description: "depth follows the complexity of the image",
    default: true,
    option: "--depth-adaptation",
    off: "the same depth for every image",
  }),
  parameterAdaptation: flag({
    description: "the initial state follows the complexity of the image",
    default: true,
    option: "--parameter-adaptation",
    off: "the same initial state for every image",
  }),
  fixedDepth: whole(1, 1000, {
    description: "layers without depth adaptation",
    default: 10,
    option: "--depth <layers>",
    also: { path: "model.depthAdaptation", value: false, text: "switches depth adaptation off" },
  }),
  stepsPerBit: positive(MAX_STEPS_PER_BIT, {
    description: "kappa: layers per bit of complexity",
    default: 0.8,
    option: "--steps-per-bit <kappa>",
  }),
  complexityOffset: real(-1e6, 1e6, {
    description: "complexity in bits that is subtracted before layers are counted",
    default: 0,
    option: "--complexity-offset <bits>",
  }),
  minSteps: whole(1, 1000, {
    description: "fewest layers of an image",
    default: 6,
    option: "--min-steps <layers>",
  }),
  maxSteps: whole(1, 1000, {
    description: "most layers of an image",
    default: 12,
    option: "--max-steps <layers>",
  }),
  levelsPerDepth: whole(1, 1000, {
    description: "complexity levels per depth",
    default: 1,
    option: "--levels-per-depth <count>",
  }),
  exact: flag({
    description: "every image has its own trajectory; slow",
    default: false,
    option: "--exact",
  }),
  referenceComplexity: positive(1e6, {
    description: "complexity in bits at which the initial state is not scaled",
    default: 12.5,
    option: "--reference-complexity <bits>",
  }),
  identityShortcuts: flag({
    description: "adds a layer's input to its output where the shapes agree",
    default: false,
    option: "--identity-shortcuts",
  }),
  mirrorSymmetry: flag({
    description:
      "kernels come in mirror pairs: an image (sides a multiple of 8) and its mirror image get the same answer",
    default: false,
    option: "--mirror-symmetry",
    isLater: true,
  }),
};
