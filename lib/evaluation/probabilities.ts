/**
 * Softmax in double precision, shifted so that nothing overflows.
 *
 * @param logits `[classes]`, finite.
 * @returns `[classes]`, sum 1.
 */
export function probabilities(logits: Float32Array): Float64Array {
  const largest = logits.reduce((most, value) => Math.max(most, value), -Infinity);
  const exponentials = Float64Array.from(logits, (value) => Math.exp(value - largest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}
