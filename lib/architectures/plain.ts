import { classifierHead, convolution } from "./layer.ts";
import type { Layer } from "./layer.ts";

/** Channels of the four stages as shares of C (64, 128, 256, 512 for C = 512). */
const STAGE_DIVISORS = [8, 4, 2, 1] as const;

/** What fixes a plain backbone. */
export interface PlainArchitectureOptions {
  /** N: number of convolutions, >= 1. */
  readonly depth: number;
  /** C: channels of the last stage; a multiple of 8. */
  readonly maxChannels: number;
  /** Side of the kernels in taps. */
  readonly kernelSize: number;
  /** Outputs of the head. */
  readonly classes: number;
  /** Adds the input to the output where a layer keeps its channel count. */
  readonly identityShortcuts: boolean;
  /**
   * Channels come in mirror pairs, so that an image and its mirror image have the same logits where the poolings divide
   * its width: a multiple of 8 from four layers on.
   *
   * @default false
   */
  readonly mirrorSymmetry?: boolean;
}

/**
 * Layers of each of the four stages: floor((i + 1) N / 4) - floor(i N / 4), which always sums to N.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(layersPerStage(10), [2, 3, 2, 3]);
 * ```
 */
export function layersPerStage(depth: number): number[] {
  const stages = STAGE_DIVISORS.length;
  return STAGE_DIVISORS.map((_, stage) =>
    Math.floor(((stage + 1) * depth) / stages) - Math.floor((stage * depth) / stages)
  );
}

/**
 * The plain backbone of Puppet-CNN (section 3.3 of the paper): N convolutions over stages of C/8, C/4, C/2
 * and C channels, 2x2 max-pooling where the channel count changes, global average pooling, one linear
 * layer. The stage widths and the sharing of the depth are our choice.
 *
 * A layer is named by its place in its stage, so that networks of different depth share their batch-norm
 * parameters slot by slot.
 *
 * @param options Depth, widths and classes.
 * @returns The layers in order.
 * @throws {RangeError} if maxChannels is not a positive multiple of 8 (of 16 with mirror pairs) or depth not an integer >= 1.
 */
export function plainArchitecture(options: PlainArchitectureOptions): Layer[] {
  const { depth, maxChannels, kernelSize, classes, identityShortcuts } = options;
  const { mirrorSymmetry = false } = options;
  if (!Number.isInteger(maxChannels / STAGE_DIVISORS[0]) || maxChannels < STAGE_DIVISORS[0]) {
    throw new RangeError(
      `Cannot lay out the plain backbone: maxChannels must be a positive multiple of 8 (its stages have C/8, C/4, C/2 and C channels), current value is ${maxChannels}`,
    );
  }
  if (!Number.isInteger(depth) || depth < 1) {
    throw new RangeError(
      `Cannot lay out the plain backbone: depth must be an integer >= 1, current value is ${depth}`,
    );
  }
  if (mirrorSymmetry && maxChannels % (2 * STAGE_DIVISORS[0]) !== 0) {
    throw new RangeError(
      `Cannot lay out the plain backbone: maxChannels must be a multiple of 16 for mirror pairs (the first stage has C/8), current value is ${maxChannels}`,
    );
  }
  const layers: Layer[] = [];
  let channels = 3;
  layersPerStage(depth).forEach((count, stage) => {
    const outputChannels = maxChannels / STAGE_DIVISORS[stage]!;
    for (let position = 0; position < count; position++) {
      if (position === 0 && layers.length > 0) {
        layers.push({ kind: "max-pool", size: 2, stride: 2 });
      }
      const name = `stage${stage + 1}.conv${position + 1}`;
      const shape = { kernelSize, inputChannels: channels, outputChannels };
      const mirror = mirrorSymmetry ? layers.length === 0 ? "lifting" : "group" : "none";
      layers.push(
        identityShortcuts && channels === outputChannels
          ? {
            kind: "residual",
            body: [convolution(name, shape, { activation: "none", mirror })],
            shortcut: [],
            activation: "relu",
          }
          : convolution(name, shape, { mirror }),
      );
      channels = outputChannels;
    }
  });
  return [...layers, ...classifierHead([channels, classes], mirrorSymmetry)];
}
