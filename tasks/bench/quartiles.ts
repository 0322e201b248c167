/**
 * Lower quartile, median and upper quartile, by linear interpolation.
 *
 * @param values At least one number.
 */
export function quartilesOf(values: readonly number[]): [number, number, number] {
  const sorted = [...values].sort((left, right) => left - right);
  const at = (share: number): number => {
    const position = share * (sorted.length - 1);
    const below = Math.floor(position);
    const above = Math.ceil(position);
    return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
  };
  return [at(0.25), at(0.5), at(0.75)];
}
