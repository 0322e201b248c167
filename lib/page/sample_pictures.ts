/// <reference lib="dom" />

/** A picture that is drawn here: photographs would have an owner. */
export interface SamplePicture {
  /** Text of the button. */
  readonly name: string;
  /** Draws on a square canvas of this many pixels. */
  readonly draw: (context: CanvasRenderingContext2D, side: number) => void;
}

/** A simple generator, so that the pictures are the same everywhere. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

function vertical(
  context: CanvasRenderingContext2D,
  side: number,
  colours: readonly string[],
): void {
  const gradient = context.createLinearGradient(0, 0, 0, side);
  colours.forEach((colour, at) => gradient.addColorStop(at / (colours.length - 1), colour));
  context.fillStyle = gradient;
  context.fillRect(0, 0, side, side);
}

function polygon(
  context: CanvasRenderingContext2D,
  side: number,
  corners: readonly (readonly [number, number])[],
): void {
  context.beginPath();
  for (const [x, y] of corners) context.lineTo(x * side, y * side);
  context.closePath();
  context.fill();
}

/** A ship on a calm sea: few grey levels, few frequencies. */
function drawShip(context: CanvasRenderingContext2D, side: number): void {
  vertical(context, side, ["#9fc4e8", "#d8e8f4", "#3f6f97", "#274f73"]);
  context.fillStyle = "#2b2f38";
  polygon(context, side, [[0.12, 0.52], [0.9, 0.52], [0.8, 0.68], [0.2, 0.68]]);
  context.fillStyle = "#f2f2ee";
  polygon(context, side, [[0.34, 0.38], [0.7, 0.38], [0.74, 0.52], [0.3, 0.52]]);
  context.fillStyle = "#b5452c";
  polygon(context, side, [[0.44, 0.22], [0.53, 0.22], [0.53, 0.38], [0.44, 0.38]]);
}

/** A lorry in a street: more edges, more grey levels. */
function drawTruck(context: CanvasRenderingContext2D, side: number): void {
  vertical(context, side, ["#b9c6cf", "#d9d5cc", "#8b8880", "#5e5c58"]);
  const random = noise(7);
  for (let house = 0; house < 7; house++) {
    const grey = 90 + Math.floor(110 * random());
    context.fillStyle = `rgb(${grey} ${grey - 12} ${grey - 25})`;
    const height = 0.2 + 0.25 * random();
    context.fillRect((house / 7) * side, (0.55 - height) * side, 0.15 * side, height * side);
  }
  context.fillStyle = "#c8342a";
  context.fillRect(0.1 * side, 0.3 * side, 0.52 * side, 0.4 * side);
  context.fillStyle = "#e8e3d8";
  polygon(context, side, [[0.64, 0.42], [0.8, 0.42], [0.9, 0.56], [0.9, 0.7], [0.64, 0.7]]);
  context.fillStyle = "#23272e";
  for (const centre of [0.24, 0.5, 0.78]) {
    context.beginPath();
    context.arc(centre * side, 0.72 * side, 0.085 * side, 0, 7);
    context.fill();
  }
}

/** Leaves: every grey level, every frequency. */
function drawLeaves(context: CanvasRenderingContext2D, side: number): void {
  vertical(context, side, ["#1f3318", "#0f1c0c"]);
  const random = noise(3);
  for (let leaf = 0; leaf < 900; leaf++) {
    const light = 20 + 65 * random();
    context.fillStyle = `hsl(${70 + 70 * random()} ${30 + 50 * random()}% ${light}%)`;
    const [x, y, turn] = [random() * side, random() * side, random() * 7];
    context.beginPath();
    context.ellipse(x, y, 0.055 * side * random(), 0.02 * side, turn, 0, 7);
    context.fill();
  }
}

/** The pictures, from simple to rich. */
export const SAMPLE_PICTURES: readonly SamplePicture[] = [
  { name: "Calm sea", draw: drawShip },
  { name: "Street", draw: drawTruck },
  { name: "Leaves", draw: drawLeaves },
];
