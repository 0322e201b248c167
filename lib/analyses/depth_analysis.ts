import type { DataPart } from "../datasets/data_part.ts";
import type { Correlation, Distribution } from "./distribution.ts";
import type { PairedDifference } from "./paired_difference.ts";

/** Images of one depth. */
export interface DepthShare {
  /** N, the number of generated layers. */
  readonly depth: number;
  /** Images of that depth. */
  readonly images: number;
  /** The same as a share of all images, 0..1. */
  readonly share: number;
}

/** Images of one complexity level. */
export interface LevelShare {
  /** Index of the level. */
  readonly level: number;
  /** Complexity that stands for the level. */
  readonly complexity: number;
  /** N. */
  readonly depth: number;
  /** phi(H), the factor of the initial state (Eq. 5, 14). */
  readonly scale: number;
  /** Images of the level. */
  readonly images: number;
  /** The same as a share of all images, 0..1. */
  readonly share: number;
}

/** Images of one class. */
export interface ClassComplexity {
  /** Name of the class. */
  readonly className: string;
  /** Images of the class. */
  readonly images: number;
  /** Mean complexity; `null` without images. */
  readonly meanComplexity: number | null;
  /** Standard deviation of the complexity; `null` without images. */
  readonly deviation: number | null;
  /** Mean N; `null` without images. */
  readonly meanDepth: number | null;
}

/** How N follows from the complexity. */
export interface DepthRule {
  /** Name of the complexity measure. */
  readonly measure: string;
  /** Unit of the measure. */
  readonly unit: string;
  /** kappa in N = clamp(round(kappa (H - H_0)), N_min, N_max). */
  readonly stepsPerBit: number;
  /** H_0; absent in what was written before there was one: 0. */
  readonly complexityOffset?: number;
  /** N_min. */
  readonly minSteps: number;
  /** N_max. */
  readonly maxSteps: number;
  /** Complexity at which phi(H) = 1. */
  readonly referenceComplexity: number;
  /** Levels per depth. */
  readonly levelsPerDepth: number;
  /** Whether N follows the complexity in the model; otherwise all images have the model's one depth. */
  readonly adaptsDepth: boolean;
}

/** One complexity measure on the same images. */
export interface MeasureComparison {
  /** Name in the registry. */
  readonly name: string;
  /** Unit of the measure. */
  readonly unit: string;
  /** One sentence. */
  readonly description: string;
  /** Whether it is the measure that the rest of the analysis is about. */
  readonly selected: boolean;
  /** Spread of the measure. */
  readonly distribution: Distribution;
  /** Correlation with the default measure, `entropy`. */
  readonly correlation: Correlation;
  /** kappa of the rule for the measure that it is about; of others what they have where nothing is said. */
  readonly stepsPerBit: number;
  /** Complexity at which phi(H) = 1. */
  readonly referenceComplexity: number;
  /** Mean N with that kappa, and the offset of the rule. */
  readonly meanDepth: number;
  /** Depths with that kappa, and the offset of the rule, all of N_min .. N_max. */
  readonly depths: readonly DepthShare[];
  /** Images measured per second, on one thread of this machine. */
  readonly imagesPerSecond: number;
}

/** Work of one depth. */
export interface DepthWork {
  /** N. */
  readonly depth: number;
  /** Images of that depth. */
  readonly images: number;
  /**
   * Multiply-adds of one image, its kernels generated beforehand; the mean over levels where they differ. In exact mode
   * with the generation of its kernels.
   */
  readonly multiplyAdds: number;
  /** Multiply-adds that generate the kernels, once per level of this depth, for all its levels together; 0 in exact mode. */
  readonly generation: number;
}

/** What adaptive depth saves against one depth for all images. */
export interface FixedDepthComparison {
  /** Which depth: N_max, or the mean N rounded. */
  readonly against: "max" | "mean";
  /** That depth. */
  readonly depth: number;
  /** Multiply-adds of one image in it. */
  readonly multiplyAdds: number;
  /** 1 - mean / multiplyAdds: share of the work that is saved; negative where adaptivity costs. */
  readonly saving: number;
}

/** Multiply-adds of the images. */
export interface AdaptiveWork {
  /** Model that was counted. */
  readonly model: string;
  /** C. */
  readonly maxChannels: number;
  /** Whether the network itself decides what it computes; the figures are then of its most expensive path. */
  readonly decides: boolean;
  /**
   * Whether every image has kernels of its own, whose generation is in its figure.
   *
   * @default false, in documents of versions that did not say
   */
  readonly exact?: boolean;
  /** By depth, all depths of the model. */
  readonly depths: readonly DepthWork[];
  /** Mean over the images. */
  readonly meanMultiplyAdds: number;
  /** Generation of the kernels of all levels, once. */
  readonly generation: number;
  /** Against fixed depth; empty for a model whose depth is fixed. */
  readonly comparisons: readonly FixedDepthComparison[];
}

/** An image that stands for a place on the complexity axis. */
export interface ExampleImage {
  /** The place it stands for: 0 the least complex images, 1 the most complex ones, 0.1 .. 0.9 quantiles. */
  readonly place: number;
  /** Its rank in the order of complexity as a share, 0..1. */
  readonly share: number;
  /** Position in the part of the dataset. */
  readonly index: number;
  /** Name of its class. */
  readonly className: string;
  /** H(x). */
  readonly complexity: number;
  /** Spatial entropy in bits. */
  readonly spatialEntropy: number;
  /** Spectral entropy in bits. */
  readonly spectralEntropy: number;
  /** N(x). */
  readonly depth: number;
  /** The image as `data:image/png;base64,...`; `null` unless thumbnails were asked for. */
  readonly thumbnail: string | null;
}

/** How a trained model does on some images. */
export interface TrainedFigures {
  /** Images. */
  readonly images: number;
  /** Share classified correctly, 0..1; `null` without images. */
  readonly top1: number | null;
  /** Mean of the largest softmax value; `null` without images. */
  readonly confidence: number | null;
  /** Mean cross-entropy in nats; `null` without images. */
  readonly loss: number | null;
  /** Mean multiply-adds of one image; `null` without images. */
  readonly multiplyAdds: number | null;
}

/** A trained model on the images of one level. */
export interface TrainedLevel extends TrainedFigures {
  /** Index of the level. */
  readonly level: number;
  /** Complexity that stands for the level. */
  readonly complexity: number;
  /** N. */
  readonly depth: number;
}

/** A trained model on the images of one depth. */
export interface TrainedDepth extends TrainedFigures {
  /** N. */
  readonly depth: number;
}

/** A trained model on a tenth of the images. */
export interface TrainedDecile extends TrainedFigures {
  /** 1 (least complex) to 10. */
  readonly decile: number;
  /** Smallest complexity in it. */
  readonly from: number;
  /** Largest complexity in it. */
  readonly to: number;
}

/** A trained model whose images all pass one level, against each image's own. */
export interface FixedLevel extends TrainedLevel {
  /** Own levels (first) against this one; absent in documents of earlier versions. */
  readonly paired?: PairedDifference;
}

/** How well a measure of complexity would choose the levels of these weights. */
export interface MeasureRouting {
  /** Name of the measure. */
  readonly name: string;
  /** Correlation of the measure with an image's loss at the first level less that at the last. */
  readonly gain: Correlation;
  /** Top-1 when images in order of the measure take the levels in order, as many each as by their own complexity. */
  readonly top1: number;
}

/** What choosing a level for each image could bring, and whether a measure knows for which. */
export interface RoutingRoom {
  /** The ceiling: every image takes its first level that is right, or the first of all where none is. Levels go from shallow to deep. */
  readonly oracle: { readonly top1: number; readonly multiplyAdds: number };
  /** Every registered measure. */
  readonly measures: readonly MeasureRouting[];
}

/** The question whether adaptivity helps, costs or saves: the same weights, every image through one level. */
export interface FixedLevels {
  /** All images through each level. */
  readonly levels: readonly FixedLevel[];
  /** Level of the highest accuracy; chosen after the fact, so that it flatters fixed levels. */
  readonly best: number;
  /**
   * Expected figures if every image drew its level blindly in the proportions of the adaptive model: the same work,
   * without knowledge of the image. What adaptive routing has above it is due to the complexity.
   */
  readonly blind: { readonly top1: number; readonly loss: number; readonly multiplyAdds: number };
  /** Absent for a single level and in documents of earlier versions. */
  readonly room?: RoutingRoom;
}

/** A trained model on the images. */
export interface TrainedAnalysis {
  /** Folder of the run. */
  readonly runDirectory: string;
  /** Name of the checkpoint's folder. */
  readonly checkpoint: string;
  /** Whether every image had its own trajectory. */
  readonly exact: boolean;
  /** All images, each through its own level. */
  readonly overall: TrainedFigures;
  /** By depth. */
  readonly depths: readonly TrainedDepth[];
  /** By level. */
  readonly levels: readonly TrainedLevel[];
  /** By tenth of the images in order of complexity; equal complexities may lie on both sides of a border. */
  readonly deciles: readonly TrainedDecile[];
  /** Correlation of complexity with the loss of the image. */
  readonly complexityAndLoss: Correlation;
  /** Correlation of complexity with the image's being right (1) or wrong (0). */
  readonly complexityAndRight: Correlation;
  /** Every image through one level; `null` unless asked for. */
  readonly fixedLevels: FixedLevels | null;
}

/** What `analyze-depth --format json` prints. */
export interface DepthAnalysis {
  /** Tells documents apart. */
  readonly kind: "depth-analysis";
  /** Of this form. */
  readonly version: 1;
  /** The images. */
  readonly data: {
    readonly dataset: string;
    readonly part: DataPart;
    readonly images: number;
    readonly height: number;
    readonly width: number;
    readonly classes: number;
    readonly fingerprint: string;
  };
  /** How N follows from the complexity. */
  readonly rule: DepthRule;
  /** H. */
  readonly complexity: Distribution;
  /** The two parts of the default measure, whatever measure was chosen, in bits. */
  readonly parts: {
    readonly spatial: Distribution;
    readonly spectral: Distribution;
    readonly correlation: Correlation;
  };
  /** N: mean, standard deviation, images by depth (all depths of the model). */
  readonly depth: {
    readonly mean: number;
    readonly deviation: number;
    readonly shares: readonly DepthShare[];
  };
  /** Images by level, all levels of the model. */
  readonly levels: readonly LevelShare[];
  /** By class, in the order of the labels. */
  readonly classes: readonly ClassComplexity[];
  /** All registered measures, the default one first. */
  readonly measures: readonly MeasureComparison[];
  /** Multiply-adds. */
  readonly work: AdaptiveWork;
  /** Images along the complexity axis, least complex first. */
  readonly examples: readonly ExampleImage[];
  /** With a trained model; `null` for the data alone. */
  readonly trained: TrainedAnalysis | null;
}
