import * as tf from "@tensorflow/tfjs-core";
import { standardize } from "../../lib/datasets/standardization.ts";
import type { InferenceNetwork } from "../../lib/classifiers/classifier.ts";

const BATCH = 256;
const STANDARDIZATION = { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] } as const;

/** Bytes of images that any complexity measure finds busy, `[count, 32, 32, 3]`. */
export function randomPixels(count: number): Uint8Array {
  const pixels = new Uint8Array(count * 32 * 32 * 3);
  for (let start = 0; start < pixels.length; start += 65536) {
    crypto.getRandomValues(pixels.subarray(start, start + 65536));
  }
  return pixels;
}

/**
 * What the plain CNN does with images: bytes, standardisation, batches, forward, the class of the largest logit, Top-1.
 * No complexity and no routing: the least that any evaluation costs.
 *
 * @param network Prepared kernels of one level.
 * @param count Images.
 */
export function evaluationOfBytes(
  network: InferenceNetwork,
  count: number,
  pixels: Uint8Array = randomPixels(count),
): () => Promise<number> {
  const size = 32 * 32 * 3;
  return async () => {
    let right = 0;
    for (let start = 0; start < count; start += BATCH) {
      const length = Math.min(BATCH, count - start);
      const batch = pixels.subarray(start * size, (start + length) * size);
      const images = tf.tensor4d(standardize(batch, STANDARDIZATION), [length, 32, 32, 3]);
      const complexities = new Array<number>(length).fill(12.5);
      const { logits } = await network.infer({ images, level: 0, complexities });
      const classes = tf.argMax(logits, 1);
      const found = await classes.data();
      for (const [index, label] of found.entries()) {
        right += label === (start + index) % 10 ? 1 : 0;
      }
      tf.dispose([images, logits, classes]);
    }
    return right / count;
  };
}
