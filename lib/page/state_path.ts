/** A point of the drawing. */
export interface PathPoint {
  readonly x: number;
  readonly y: number;
}

/** Rounds of the power method: states are few, and what is drawn has 200 pixels. */
const ROUNDS = 60;

/** The largest eigenvector of a symmetric matrix, times the root of its eigenvalue. */
function mainAxis(matrix: readonly Float64Array[]): Float64Array {
  const size = matrix.length;
  // No eigenvector of interest is at right angles to this one by accident.
  let vector = Float64Array.from({ length: size }, (_, at) => 1 + at);
  let value = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const next = matrix.map((row) => row.reduce((sum, entry, at) => sum + entry * vector[at]!, 0));
    value = Math.hypot(...next);
    if (value < 1e-12) return new Float64Array(size);
    vector = Float64Array.from(next, (entry) => entry / value);
  }
  return vector.map((entry) => entry * Math.sqrt(value));
}

/**
 * Lays states out on a plane so that their distances are kept as well as two numbers can (classical scaling, Torgerson
 * 1952).
 *
 * @param states Vectors of equal length, one per state, at least two.
 * @returns A point per state: from the first state to the last along x, and the middle of the way above.
 */
export function statePath(states: readonly Float32Array[]): PathPoint[] {
  const count = states.length;
  const length = states[0]!.length;
  const mean = new Float64Array(length);
  for (const state of states) state.forEach((value, at) => mean[at]! += value / count);
  const centred = states.map((state) => Float64Array.from(state, (value, at) => value - mean[at]!));
  const products = centred.map((left) =>
    Float64Array.from(
      centred,
      (right) => left.reduce((sum, value, at) => sum + value * right[at]!, 0),
    )
  );
  const across = mainAxis(products);
  const rest = products.map((row, i) => row.map((entry, j) => entry - across[i]! * across[j]!));
  const up = mainAxis(rest);
  const flipX = across[count - 1]! < across[0]! ? -1 : 1;
  const flipY = up[Math.floor(count / 2)]! < 0 ? -1 : 1;
  return states.map((_, at) => ({ x: flipX * across[at]!, y: flipY * up[at]! }));
}

/** Size of the drawing in pixels. */
const [WIDTH, HEIGHT] = [240, 170];

/** Room around the path. */
const MARGIN = 26;

/**
 * Draws the way of a state.
 *
 * @param states Vectors of equal length: the initial state and those that follow.
 * @returns SVG with a dot per state.
 */
export function drawStatePath(states: readonly Float32Array[]): string {
  const label = `Path of the state: ${states.length - 1} steps from the initial state`;
  const start = `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">`;
  const points = states.length < 2 ? [{ x: 0, y: 0 }] : statePath(states);
  const [left, right] = [
    Math.min(...points.map(({ x }) => x)),
    Math.max(...points.map(({ x }) => x)),
  ];
  const [low, high] = [
    Math.min(...points.map(({ y }) => y)),
    Math.max(...points.map(({ y }) => y)),
  ];
  // One scale for both axes: distances are what is shown.
  const scale = Math.min(
    (WIDTH - 2 * MARGIN) / Math.max(right - left, 1e-9),
    (HEIGHT - 2 * MARGIN) / Math.max(high - low, 1e-9),
  );
  const placed = points.map(({ x, y }) => [
    WIDTH / 2 + (x - (left + right) / 2) * scale,
    HEIGHT / 2 - (y - (low + high) / 2) * scale,
  ]);
  const line = placed.map(([x, y]) => `${x!.toFixed(1)},${y!.toFixed(1)}`).join(" ");
  const dots = placed.map(([x, y], at) =>
    `<circle class="${at === 0 ? "origin" : "dot"}" cx="${x!.toFixed(1)}" cy="${
      y!.toFixed(1)
    }" r="${at === 0 ? 6 : 4}"/><text x="${x!.toFixed(1)}" y="${
      (y! - 9).toFixed(1)
    }" text-anchor="middle">${at === 0 ? "start" : at}</text>`
  );
  return `${start}<polyline class="path" points="${line}"/>${dots.join("")}</svg>`;
}
