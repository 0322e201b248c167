/** Figures of one class. */
export interface ClassFigures {
  /** Name of the class. */
  readonly className: string;
  /** Images of the class. */
  readonly support: number;
  /** Share of the predictions of this class that are right; `null` if it was never predicted. */
  readonly precision: number | null;
  /** Share of the class's images that were recognised; `null` without images. */
  readonly recall: number | null;
  /** Harmonic mean of precision and recall, 0 for a class that was never predicted; `null` without images. */
  readonly f1: number | null;
}

/** What happened on one complexity level. */
export interface LevelFigures {
  /** Index of the level. */
  readonly level: number;
  /** Complexity that stands for the level, in bits. */
  readonly complexity: number;
  /** Number of generated layers. */
  readonly depth: number;
  /** Images of the level. */
  readonly images: number;
  /** Share classified correctly, 0..1; `null` without images. */
  readonly top1: number | null;
}

/** The result of evaluating a classifier on a labelled dataset. */
export interface EvaluationReport {
  /** Images evaluated. */
  readonly images: number;
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  /** Share whose most probable class is right, 0..1. */
  readonly top1: number;
  /** Share whose class is among the five most probable, 0..1. */
  readonly top5: number;
  /** `confusion[true][predicted]`, counts. */
  readonly confusion: readonly (readonly number[])[];
  /** Figures by class, in the order of the labels. */
  readonly classes: readonly ClassFigures[];
  /** Figures by level, in order of complexity. */
  readonly levels: readonly LevelFigures[];
  /** Mean number of layers of the levels' networks; where a network decides, those of its longest way. */
  readonly meanDepth: number;
  /** Mean complexity in bits. */
  readonly meanComplexity: number;
  /** Multiply-adds of the work done per image; generating kernels that are kept is not in it. */
  readonly meanMultiplyAdds: number;
  /** Share of the images that took each way through a network that decides; empty if there is one way. */
  readonly routes: readonly { readonly route: number; readonly share: number }[];
  /**
   * Wall time per image in seconds: reading (of image files with decoding), complexity, routing, forward; generation of
   * kernels only if `exact`. The first passes, which are slower, are in it: of a few images they are most of it.
   * `measureSpeed` leaves them out, and takes images that are in memory.
   */
  readonly secondsPerImage: number;
  /** Wall time of generating kernels that are kept, in seconds; 0 in exact mode, and where all were there. */
  readonly bankSeconds: number;
}
