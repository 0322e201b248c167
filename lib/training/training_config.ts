/** Everything that fixes how a model is trained. */
export interface TrainingConfig {
  /** Passes over the training images. */
  readonly epochs: number;
  /** Images per step (64: deduced from Table 5 of the paper). */
  readonly batchSize: number;
  /** Root of every random stream of the run: weights, order, levels, augmentation. */
  readonly seed: number;
  /** Peak learning rate. */
  readonly learningRate: number;
  /** Learning rate at the end of a cosine or one-cycle schedule. */
  readonly minLearningRate: number;
  /** How the learning rate moves over the run. */
  readonly schedule: "constant" | "cosine" | "one-cycle";
  /** Epochs of linear warm-up before a constant or cosine schedule. */
  readonly warmupEpochs: number;
  /** What updates the matrices that mix channels: the puppeteer's, and stored kernels. The rest is always Adam's. */
  readonly optimizer: "adam" | "muon";
  /** Adam: decay of the first moment. */
  readonly beta1: number;
  /** Adam: decay of the second moment. */
  readonly beta2: number;
  /** Adam: added to the root of the second moment. */
  readonly epsilon: number;
  /**
   * Decoupled weight decay of kernels, matrices and a learned initial state (not of biases and norms) per unit of
   * learning rate; 0 is none.
   */
  readonly weightDecay: number;
  /** Share of the target that is spread evenly over all classes, 0 <= labelSmoothing < 1; 0 is none. */
  readonly labelSmoothing: number;
  /** Share of the inputs of linear layers that are dropped in training, 0 <= dropout < 1. */
  readonly dropout: number;
  /** Share of the channels of feature maps that are dropped in training, 0 <= channelDropout < 1. */
  readonly channelDropout: number;
  /** Share of the steps in which feature maps of pairs of images are mixed, 0..1. */
  readonly featureMixing: number;
  /** Largest global norm of the gradient; 0 does not clip. */
  readonly clipNorm: number;
  /** J: a level is trained on images of levels at most this far from it. */
  readonly levelSharing: "all" | number;
  /** Share of the steps whose level is drawn uniformly, so that rare levels are trained too. */
  readonly levelSmoothing: number;
  /** Training images per level from which the batch-norm statistics are computed. */
  readonly statisticsImages: number;
  /** Computes the dynamics' intermediate values again in the backward pass: less memory, more time. */
  readonly recompute: boolean | "auto";
  /** Parameters that keep their values: none, or those of the puppeteer, with a learned initial state. */
  readonly freeze: "none" | "puppeteer";
  /** Fits kappa and its offset to the training images where nearly all of them would be of one level. */
  readonly fitDepths: boolean;
  /** Mirrors half of the training images. */
  readonly flip: boolean;
  /** Pads by this many pixels and crops back at random; 0 is off. */
  readonly crop: number;
  /** Changes brightness, contrast and saturation of training images by up to this share, 0 <= color < 1; 0 is off. */
  readonly color: number;
  /** Validations without a better accuracy after which training stops; 0 never stops. */
  readonly patience: number;
  /** A validation is better where its accuracy exceeds the one before by more than this, 0..1. */
  readonly minDelta: number;
  /** Epochs between two validations. */
  readonly validateEvery: number;
  /** Stops every epoch after this many steps; `null` uses all images. */
  readonly stepsPerEpoch: number | null;
}
