/** Whether a point belongs to a figure; `x` right and `y` down, the figure fills about -1..1. */
export type Figure = (x: number, y: number) => boolean;

/** Width of a stripe or a chequer in units of the figure's radius. */
const PERIOD = 0.5;

function isInSquare(x: number, y: number): boolean {
  return Math.max(Math.abs(x), Math.abs(y)) <= 0.85;
}

/** Alternates between on and off every `PERIOD` along a coordinate. */
function isOnStripe(coordinate: number): boolean {
  // Shifted by half a stripe, so that the pattern looks the same from both ends.
  return Math.floor(coordinate / PERIOD + 100.5) % 2 === 0;
}

/**
 * The ten classes of the synthetic dataset, in the order of the labels: six outlines and four textures.
 * They differ in form only: colour, place, size and background are drawn alike for all.
 */
export const syntheticFigures: readonly (readonly [name: string, figure: Figure])[] = [
  ["disc", (x, y) => x * x + y * y <= 0.9],
  ["ring", (x, y) => x * x + y * y <= 1 && x * x + y * y >= 0.36],
  ["square", isInSquare],
  ["triangle", (x, y) => y <= 0.85 && Math.abs(x) <= (y + 1) * 0.55],
  ["cross", (x, y) => isInSquare(x, y) && Math.min(Math.abs(x), Math.abs(y)) <= 0.28],
  ["hourglass", (x, y) => isInSquare(x, y) && Math.abs(x) <= Math.abs(y) + 0.08],
  ["horizontal-stripes", (x, y) => isInSquare(x, y) && isOnStripe(y)],
  ["vertical-stripes", (x, y) => isInSquare(x, y) && isOnStripe(x)],
  ["diagonal-stripes", (x, y) => isInSquare(x, y) && isOnStripe((x + y) * Math.SQRT1_2)],
  ["checkerboard", (x, y) => isInSquare(x, y) && isOnStripe(x) !== isOnStripe(y)],
];
