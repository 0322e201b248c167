import { RandomStream } from "../randomness/random_stream.ts";
import type { DatasetParts, ImageDataset } from "./dataset.ts";
import { createInMemoryDataset } from "./in_memory_dataset.ts";
import { type Figure, syntheticFigures } from "./synthetic_shapes.ts";

/** Seed of the one synthetic dataset that `fetch-data synthetic` and `loadDataset` know. */
export const syntheticSeed = 12;

/** Folder that `fetch-data synthetic` writes. */
export const syntheticFolder = "synthetic";

/** Class names in the order of the labels. */
export const syntheticClassNames: readonly string[] = syntheticFigures.map(([name]) => name);

/** Options of `createSyntheticDataset`. */
export interface SyntheticOptions {
  /**
   * Images of the training part.
   *
   * @default 4000
   */
  readonly trainImages?: number;
  /**
   * Images of the test part.
   *
   * @default 1000
   */
  readonly testImages?: number;
  /**
   * Side in pixels, at least 16.
   *
   * @default 32
   */
  readonly size?: number;
  /**
   * Root seed; an image depends on it, its part and its position alone.
   *
   * @default 12
   */
  readonly seed?: number;
}

/** Smallest difference in luma between figure and background: less would drown in the noise. */
const MIN_CONTRAST = 80;

/**
 * Draws a dataset of ten figures that a small network learns in seconds, for tests, smoke runs and first
 * steps without a download.
 *
 * Place, size and colours are random and independent of the class, and figures are as often darker as
 * lighter than their background, so the mean colour says nothing about the class. Backgrounds go from flat
 * over soft waves to heavy noise, and with them the complexity of the images from about 5 to 16
 * bits with a mean of 12, so that every depth of the default schedule is used. Labels go round: 0, 1, .. 9, 0, ..
 *
 * @param options Counts, size and seed.
 * @returns Training and test part, in memory; no image is in both.
 * @throws {RangeError} if a count or the size is out of range.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const { train } = createSyntheticDataset({ trainImages: 20, testImages: 10, seed: 1 });
 * assert.equal(train.length, 20);
 * assert.equal(train.classNames[train.labels[13]!], "triangle");
 * ```
 */
export function createSyntheticDataset(options: SyntheticOptions = {}): DatasetParts {
  const { trainImages = 4000, testImages = 1000, size = 32, seed = syntheticSeed } = options;
  for (
    const [name, value, least] of [
      ["train images", trainImages, 1],
      ["test images", testImages, 1],
      ["size", size, 16],
    ] as const
  ) {
    if (!Number.isInteger(value) || value < least) {
      throw new RangeError(
        `Cannot create the synthetic set: ${name} must be an integer >= ${least}, ` +
          `current value is ${value}`,
      );
    }
  }
  return {
    train: drawPart("synthetic-train", { count: trainImages, size, seed }),
    test: drawPart("synthetic-test", { count: testImages, size, seed }),
  };
}

interface PartOptions {
  readonly count: number;
  readonly size: number;
  readonly seed: number;
}

function drawPart(purpose: string, options: PartOptions): ImageDataset {
  const { count, size, seed } = options;
  const imageBytes = size * size * 3;
  const images = new Uint8Array(count * imageBytes);
  const labels = Uint16Array.from({ length: count }, (_, index) => index % syntheticFigures.length);
  for (let index = 0; index < count; index++) {
    const [, figure] = syntheticFigures[labels[index]!]!;
    const target = images.subarray(index * imageBytes, (index + 1) * imageBytes);
    drawImage(figure, target, { size, stream: new RandomStream(seed, purpose, index) });
  }
  return createInMemoryDataset({
    name: "synthetic",
    classNames: syntheticClassNames,
    height: size,
    width: size,
    images,
    labels,
  });
}

type Color = readonly [number, number, number];

/** ITU-R 601 luma, as the complexity measure sees the colour. */
function luma(color: Color): number {
  return 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2];
}

function drawColor(stream: RandomStream): Color {
  return [
    20 + 215 * stream.nextFloat(),
    20 + 215 * stream.nextFloat(),
    20 + 215 * stream.nextFloat(),
  ];
}

/** Everything random about one image but its noise. */
interface Scene {
  readonly figureColor: Color;
  readonly groundColor: Color;
  readonly centerX: number;
  readonly centerY: number;
  readonly radius: number;
  /** Amplitude of the soft waves in the background, in grey levels. */
  readonly waves: number;
  readonly waveX: number;
  readonly waveY: number;
  readonly wavePhase: number;
  /** Standard deviation of the noise of each pixel, in grey levels. */
  readonly noise: number;
  /** Share of the noise that the three channels have in common. */
  readonly greyShare: number;
}

function drawScene(stream: RandomStream, size: number): Scene {
  const groundColor = drawColor(stream);
  let figureColor = drawColor(stream);
  while (Math.abs(luma(figureColor) - luma(groundColor)) < MIN_CONTRAST) {
    figureColor = drawColor(stream);
  }
  const radius = size * (0.26 + 0.14 * stream.nextFloat());
  const room = size / 2 - radius;
  // One number decides how rich the image is; a part of the images stays entirely flat.
  const richness = Math.max(0, 1.06 * stream.nextFloat() - 0.06);
  const direction = 2 * Math.PI * stream.nextFloat();
  const waveNumber = (1 + 2 * stream.nextFloat()) * Math.PI / size;
  return {
    figureColor,
    groundColor,
    centerX: size / 2 + room * (2 * stream.nextFloat() - 1),
    centerY: size / 2 + room * (2 * stream.nextFloat() - 1),
    radius,
    waves: 40 * Math.min(1, 3 * richness) * stream.nextFloat(),
    waveX: waveNumber * Math.cos(direction),
    waveY: waveNumber * Math.sin(direction),
    wavePhase: 2 * Math.PI * stream.nextFloat(),
    noise: 48 * richness ** 2,
    greyShare: stream.nextFloat(),
  };
}

/** What an image is drawn with. */
export interface Canvas {
  /** Side in pixels. */
  readonly size: number;
  /** Source of everything random in the image. */
  readonly stream: RandomStream;
}

/**
 * Draws one image.
 *
 * @param figure What to draw.
 * @param target `[size, size, 3]` RGB, row-major, uint8; overwritten.
 * @param canvas Side of the image, and the source of everything random in it.
 */
export function drawImage(figure: Figure, target: Uint8Array, canvas: Canvas): void {
  const { size, stream } = canvas;
  const scene = drawScene(stream, size);
  const ownShare = Math.sqrt(1 - scene.greyShare ** 2);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const x = (column + 0.5 - scene.centerX) / scene.radius;
      const y = (row + 0.5 - scene.centerY) / scene.radius;
      const isFigure = figure(x, y);
      const color = isFigure ? scene.figureColor : scene.groundColor;
      const wave = isFigure
        ? 0
        : scene.waves * Math.sin(scene.waveX * column + scene.waveY * row + scene.wavePhase);
      const common = scene.noise > 0 ? scene.greyShare * stream.nextNormal() : 0;
      for (let channel = 0; channel < 3; channel++) {
        const own = scene.noise > 0 ? ownShare * stream.nextNormal() : 0;
        const value = color[channel]! + wave + scene.noise * (common + own);
        target[(row * size + column) * 3 + channel] = Math.min(255, Math.max(0, Math.round(value)));
      }
    }
  }
}
