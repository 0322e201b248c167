/** A share of the values and the value below which it lies. */
export interface Quantile {
  /** 0..1. */
  readonly share: number;
  /** In the unit of the values. */
  readonly value: number;
}

/** A bin of a histogram: `from <= value < to`, the last one with its end. */
export interface HistogramBin {
  /** Lower edge. */
  readonly from: number;
  /** Upper edge. */
  readonly to: number;
  /** Values in the bin. */
  readonly count: number;
}

/** How values are spread. */
export interface Distribution {
  /** Arithmetic mean. */
  readonly mean: number;
  /** Standard deviation of the values themselves (divisor n, not n - 1). */
  readonly deviation: number;
  /** Smallest value. */
  readonly min: number;
  /** Largest value. */
  readonly max: number;
  /** Quantiles in order of their shares: 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99. */
  readonly quantiles: readonly Quantile[];
  /** Bins of equal width over all values. */
  readonly histogram: readonly HistogramBin[];
}

/** How strongly two quantities go together. */
export interface Correlation {
  /** Linear correlation, -1..1; `null` where one of them is constant. */
  readonly pearson: number | null;
  /** Correlation of the ranks, equal values sharing their mean rank; `null` where one is constant. */
  readonly spearman: number | null;
  /** Pairs that it was computed from. */
  readonly images: number;
}
