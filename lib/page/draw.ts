/// <reference lib="dom" />
import type { Square } from "./show_model.ts";

/** Writes the colour of a value at a place of RGBA bytes. */
type Colour = (value: number, target: Uint8ClampedArray, at: number) => void;

function paint(canvas: HTMLCanvasElement, { values, side }: Square, colour: Colour): void {
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d")!;
  const picture = context.createImageData(side, side);
  for (let at = 0; at < side * side; at++) {
    colour(values[at]!, picture.data, 4 * at);
    picture.data[4 * at + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
}

/** Grey levels 0..255 on a canvas. */
export function drawGrey(canvas: HTMLCanvasElement, square: Square): void {
  paint(canvas, square, (value, target, at) => target.fill(value, at, at + 3));
}

/** RGB pixels on a canvas. */
export function drawPixels(canvas: HTMLCanvasElement, pixels: Uint8Array, side: number): void {
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d")!;
  const picture = context.createImageData(side, side);
  for (let at = 0; at < side * side; at++) {
    picture.data.set(pixels.subarray(3 * at, 3 * at + 3), 4 * at);
    picture.data[4 * at + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
}

/** Blue below zero, orange above, near black at zero. */
const BELOW = [74, 163, 232];
const ABOVE = [255, 153, 51];

/** Numbers of both signs: the sign is the hue, the size in units of the deviation the brightness. */
export function drawSigned(canvas: HTMLCanvasElement, square: Square): void {
  const { values } = square;
  const square2 = values.reduce((sum, value) => sum + value * value, 0) / values.length;
  const unit = 2 * Math.sqrt(square2) || 1;
  paint(canvas, square, (value, target, at) => {
    const strength = Math.min(Math.abs(value) / unit, 1);
    const hue = value < 0 ? BELOW : ABOVE;
    for (let channel = 0; channel < 3; channel++) {
      target[at + channel] = 18 + (hue[channel]! - 18) * strength;
    }
  });
}

/** Colours of a rising scale: near black, violet, orange, pale yellow. */
const HEAT = [[13, 12, 29], [101, 31, 110], [226, 96, 60], [250, 235, 170]];

/** Numbers from the smallest to the largest as dark to light. */
export function drawHeat(canvas: HTMLCanvasElement, square: Square): void {
  const least = square.values.reduce((low, value) => Math.min(low, value), Infinity);
  const range = square.values.reduce((high, value) => Math.max(high, value), -Infinity) - least;
  paint(canvas, square, (value, target, at) => {
    const place = (HEAT.length - 1) * (range > 0 ? (value - least) / range : 0);
    const lower = HEAT[Math.min(Math.floor(place), HEAT.length - 2)]!;
    const upper = HEAT[Math.min(Math.floor(place), HEAT.length - 2) + 1]!;
    const share = place - Math.min(Math.floor(place), HEAT.length - 2);
    for (let channel = 0; channel < 3; channel++) {
      target[at + channel] = lower[channel]! + (upper[channel]! - lower[channel]!) * share;
    }
  });
}
