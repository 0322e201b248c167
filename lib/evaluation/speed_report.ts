/** Wall time per image of one way of running a network. */
export interface SpeedFigure {
  /** Images that are handed over together. */
  readonly batchSize: number;
  /** `banked`: kernels generated once and kept. `per-image`: generated for every image, as the paper counts. */
  readonly generation: "banked" | "per-image";
  /** Median over the repetitions, in seconds per image. */
  readonly median: number;
  /** First quartile, in seconds per image. */
  readonly firstQuartile: number;
  /** Third quartile, in seconds per image. */
  readonly thirdQuartile: number;
  /** Fastest repetition, in seconds per image. */
  readonly lowest: number;
  /** Slowest repetition, in seconds per image. */
  readonly highest: number;
  /** Repetitions measured; each takes `batchSize` other images. */
  readonly repetitions: number;
  /** Repetitions before, which do not count. */
  readonly warmUps: number;
}

/** Speed of a network on the current backend: complexity, routing, standardisation, forward pass, read-back. */
export interface SpeedReport {
  /** One figure per batch size and way of generation. */
  readonly figures: readonly SpeedFigure[];
  /** Wall time of generating the kernels of all levels, or of the one that was chosen, in seconds; it is in no `banked` figure. */
  readonly bankSeconds: number;
  /** Name of the dataset that the images come from. */
  readonly dataset: string;
}
