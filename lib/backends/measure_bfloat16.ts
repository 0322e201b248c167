import * as tf from "@tensorflow/tfjs-core";
import { BackendError } from "../errors.ts";
import { tensorflowBackend } from "./tensorflow.ts";

/** What the processor makes of `--math bfloat16`. */
export interface Bfloat16Report {
  /** Whether it can compute it. */
  readonly works: boolean;
  /** Time of a convolution in bfloat16 over that in float32; `null` where it does not work. */
  readonly ratio: number | null;
}

/** Sizes of a convolution in the middle of a network. */
const MAPS: [number, number, number, number] = [32, 16, 16, 128];
const KERNEL: [number, number, number, number] = [3, 3, 128, 128];

const TURNS = 5;

/** Shortest of some runs, in milliseconds: others on the machine only make them longer. */
function shortest(times: readonly number[]): number {
  return Math.min(...times);
}

function timeConvolution(maps: tf.Tensor4D, kernel: tf.Tensor4D): number {
  const started = performance.now();
  tf.tidy(() => void tf.conv2d(maps, kernel, 1, "same"));
  return performance.now() - started;
}

/**
 * Times a convolution in bfloat16 and in float32, in turns; a tenth of a second or two. Backend tensorflow, which has to be
 * available and to compute on the processor, is current then.
 *
 * @returns What was found.
 */
export async function measureBfloat16(): Promise<Bfloat16Report> {
  const times: [rounded: number[], exact: number[]] = [[], []];
  try {
    // The first turn warms up.
    for (let turn = 0; turn <= TURNS; turn++) {
      for (const [index, math] of (["bfloat16", "float32"] as const).entries()) {
        await tensorflowBackend.activate({ math });
        const [maps, kernel] = [tf.ones<tf.Rank.R4>(MAPS), tf.ones<tf.Rank.R4>(KERNEL)];
        const time = timeConvolution(maps, kernel);
        tf.dispose([maps, kernel]);
        if (turn > 0) times[index]!.push(time);
      }
    }
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return { works: false, ratio: null };
  }
  return { works: true, ratio: shortest(times[0]) / shortest(times[1]) };
}
