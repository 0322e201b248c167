/**
 * Writes a number of multiply-adds.
 *
 * @param count The number.
 * @returns Millions below 10^9, billions from there on: `177.94 M`, `12.34 G`.
 */
export function formatMultiplyAdds(count: number): string {
  // 999,999,999 would be rounded to 1000.00 M.
  const isLarge = count >= 999.995e6;
  return isLarge ? `${(count / 1e9).toFixed(2)} G` : `${(count / 1e6).toFixed(2)} M`;
}
