import * as tf from "@tensorflow/tfjs-core";
import { findRuntime } from "./find_runtime.ts";
import type { FoundRuntime } from "./find_runtime.ts";
import type { TfjsFiles } from "./tfjs.ts";

/** The part of TensorFlow.js's converter that we use. */
interface Converter {
  readonly version_converter: string;
  loadGraphModel(handler: unknown): Promise<{
    predict(images: tf.Tensor4D): tf.Tensor;
    dispose(): void;
  }>;
}

/** Runs a graph model on images `[batch, height, width, 3]`, float32, RGB, 0..255; gives logits `[batch, classes]`. */
export type RunTfjs = (
  files: TfjsFiles,
  images: { readonly values: Float32Array; readonly shape: readonly number[] },
) => Promise<Float32Array>;

/**
 * Looks for the reader of graph models. It computes on the current backend.
 *
 * @param folder Where the search for npm's @tensorflow/tfjs-converter starts.
 * @returns What runs graph models, and its name with its version; or why there is none.
 */
export function findTfjsRuntime(
  folder: string,
): FoundRuntime<{ readonly name: string; readonly run: RunTfjs }> {
  const found = findRuntime<Converter>("@tensorflow/tfjs-converter", folder);
  if ("missing" in found) return found;
  const { version_converter, loadGraphModel } = found.module;
  const run: RunTfjs = async ({ topology, weights }, { values, shape }) => {
    const model = await loadGraphModel(tf.io.fromMemory({
      format: topology.format,
      generatedBy: topology.generatedBy,
      convertedBy: topology.convertedBy,
      signature: topology.signature,
      modelTopology: { ...topology.modelTopology },
      weightSpecs: topology.weightsManifest.flatMap((group) => [...group.weights]),
      weightData: weights.buffer,
    }));
    const images = tf.tensor4d(values, shape as [number, number, number, number]);
    try {
      const logits = model.predict(images);
      const result = await logits.data<"float32">();
      logits.dispose();
      return result;
    } finally {
      images.dispose();
      model.dispose();
    }
  };
  return { module: { name: `TensorFlow.js converter ${version_converter}`, run } };
}
