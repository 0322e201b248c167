import type { MapSize } from "../architectures/count_layers.ts";
import type * as tf from "@tensorflow/tfjs-core";
import type { ComplexityLevel, ComplexityLevels } from "../puppeteer/complexity_levels.ts";
import type { ParameterSet } from "../tensors/parameter_set.ts";
import type { LevelStatistics } from "./level_statistics.ts";

/** A batch norm of a network: where its statistics are kept, and its parameters. */
export interface NormSite {
  /** Names the statistics; sites that share parameters but see other inputs have names of their own. */
  readonly name: string;
  /** gamma, `[channels]`. */
  readonly scale: tf.Tensor1D;
  /** beta, `[channels]`. */
  readonly offset: tf.Tensor1D;
}

/** Normalises a feature map `[batch, height, width, channels]`. */
export type Normalization = (site: NormSite, input: tf.Tensor4D) => tf.Tensor4D;

/** Drops numbers at random in training; what is left is scaled so that expected values stay. */
export interface DropOut {
  /** Inputs of a linear layer, `[batch, channels]`. */
  vectors(input: tf.Tensor2D): tf.Tensor2D;
  /** Feature maps after a convolution and its norm, `[batch, height, width, channels]`. */
  maps(input: tf.Tensor4D): tf.Tensor4D;
}

/** Mixes the feature maps of pairs of images in training; the loss is divided among both classes by the same weight. */
export interface FeatureMixing {
  /** Share of an image's own maps, 0..1; the rest is the image's at the mirrored position of the batch. */
  readonly weight: number;
  /**
   * Called between two layers.
   *
   * @param input `[batch, height, width, channels]`.
   * @param place Number of the place, from 0: behind the first layer.
   * @param places How many there are.
   * @returns The mixed maps at the place that was drawn, and `input` elsewhere.
   */
  maps(input: tf.Tensor4D, place: number, places: number): tf.Tensor4D;
}

/** Options of a forward pass. */
export interface ForwardOptions {
  /** What batch norms do: statistics of the batch, or statistics computed before. */
  readonly normalize: Normalization;
  /**
   * Drops numbers at random.
   *
   * @default nothing is dropped
   */
  readonly drop?: DropOut | undefined;
  /**
   * Mixes feature maps; only for models that are one list of layers.
   *
   * @default nothing is mixed
   */
  readonly mixing?: FeatureMixing | undefined;
  /** Computes the dynamics' intermediate values again in the backward pass instead of keeping them. */
  readonly recompute?: boolean;
  /**
   * Kernels of the level of the batch, as `Classifier.kernelsOf` made them; for several passes of one level.
   *
   * @default made anew
   */
  readonly kernels?: LevelKernels | undefined;
}

/** Kernels of the network that serves a level: by name of the layer, `[kernelSize, kernelSize, in, out]`, float32. */
export type LevelKernels = ReadonlyMap<string, tf.Tensor4D>;

/** What a forward pass gives for training. */
export interface ForwardOutput {
  /** Logits that classify, `[batch, classes]`, float32. */
  readonly logits: tf.Tensor2D;
  /** Further classifiers that are trained beside it, with the weight of their cross-entropy. */
  readonly auxiliary: readonly { readonly logits: tf.Tensor2D; readonly weight: number }[];
  /** Added to the loss; `null` is none. */
  readonly penalty: tf.Scalar | null;
}

/** Images that are classified together. */
export interface InferenceBatch {
  /** `[batch, height, width, 3]`, float32, standardised; not disposed of. */
  readonly images: tf.Tensor4D;
  /** Index of the level of all of them. */
  readonly level: number;
  /** Complexity of each, `[batch]`, bits. */
  readonly complexities: readonly number[];
}

/** What inference gives for a batch. */
export interface InferenceResult {
  /** `[batch, classes]`, float32, in the order of the images; the caller disposes of it. */
  readonly logits: tf.Tensor2D;
  /** Multiply-adds of the work done for the whole batch; generation of kernels that are kept is not in it. */
  readonly multiplyAdds: number;
  /**
   * Multiply-adds of each image, `[batch]`.
   *
   * @default all images cost the same
   */
  readonly works?: readonly number[];
  /** Which way each image went through a network that decides (exit, blocks run); `null` if there is one way. */
  readonly routes: readonly number[] | null;
}

/** A network ready for inference: statistics fixed, kernels made. */
export interface InferenceNetwork {
  /**
   * Wall time in seconds that has gone into kernels that are generated once and kept.
   *
   * @default none are
   */
  readonly generationSeconds?: number;
  /** Classifies a batch. */
  infer(batch: InferenceBatch): Promise<InferenceResult>;
  /** Frees what was made for inference. */
  dispose(): void;
}

/** Options of `Classifier.prepare`. */
export interface PrepareOptions {
  /** Height and width of the images in pixels. */
  readonly image: { readonly height: number; readonly width: number };
  /** One trajectory per image instead of one per level, where kernels are generated. */
  readonly exact: boolean;
  /**
   * Levels whose kernels are generated at once; those of another level come with its first image. Without effect where no
   * kernels are generated beforehand.
   *
   * @default all that have statistics
   */
  readonly levels?: readonly number[] | undefined;
  /** Called while kernels are generated, with the levels done (also in part) and all that are generated in one go. */
  readonly report?: ((done: number, total: number) => void) | undefined;
}

/** Images with their classes. */
export interface LabelledBatch {
  /** `[batch, height, width, 3]`, float32, standardised; disposed of by whoever made it. */
  readonly images: tf.Tensor4D;
  /** Class of each, `[batch]`. */
  readonly labels: readonly number[];
}

/** Numbers that are tuned on validation images after training, as thresholds are; saved with the checkpoint. */
export interface Calibration {
  /** The numbers by name. */
  readonly values: Readonly<Record<string, number>>;
  /** Puts back what was saved. */
  restore(values: Readonly<Record<string, number>>): void;
  /**
   * Tunes the numbers.
   *
   * @param statistics Batch-norm statistics of the current weights.
   * @param batches Validation images.
   */
  tune(statistics: LevelStatistics, batches: AsyncIterable<LabelledBatch>): Promise<void>;
}

/** What every model of the toolkit is, so that training, evaluation and counting treat all alike. */
export interface Classifier {
  /** All trainable tensors. */
  readonly parameters: ParameterSet;
  /** What is tuned after training; absent where there is nothing to tune. */
  readonly calibration?: Calibration;
  /** Complexity levels; a model that does not look at complexity has one. */
  readonly levels: ComplexityLevels;
  /**
   * Makes the kernels of a level, which stay the same until the parameters change; absent where the level does not decide them.
   *
   * @param level The level.
   */
  kernelsOf?(level: ComplexityLevel): LevelKernels;
  /**
   * The forward pass of training, recorded for the gradient. Decisions are soft or passed straight through.
   *
   * @param images `[batch, height, width, 3]`, float32, standardised.
   * @param levels One level for the batch, or one per image, all of the same depth.
   * @param options What batch norms do.
   */
  forward(
    images: tf.Tensor4D,
    levels: ComplexityLevel | readonly ComplexityLevel[],
    options: ForwardOptions,
  ): ForwardOutput;
  /**
   * Makes a network for inference. Decisions are hard: work that is not needed is not done.
   *
   * @param statistics Batch-norm statistics of every level.
   * @param options Size of the images, exact mode.
   */
  prepare(statistics: LevelStatistics, options: PrepareOptions): Promise<InferenceNetwork>;
  /** Frees the parameters and everything else. */
  dispose(): void;
}

/** What a model with a class of its own is made from. */
export interface CustomOptions {
  /** Number of classes. */
  readonly classes: number;
  /** Seed of the initial weights. */
  readonly seed: number;
  /** Complexity levels: one, as these models do not look at complexity. */
  readonly levels: ComplexityLevels;
  /**
   * Receives the parameters.
   *
   * @default a new set
   */
  readonly parameters?: ParameterSet;
}

/** A classifier that is more than a list of layers, and counts its own work without computing anything. */
export interface CountingClassifier extends Classifier {
  /**
   * Counts the work of one image on its most expensive path.
   *
   * @param image Height and width in pixels.
   * @returns Multiply-adds.
   */
  workOf(image: MapSize): number;
}
