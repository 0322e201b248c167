import { findRuntime } from "./find_runtime.ts";
import type { FoundRuntime } from "./find_runtime.ts";

/** The part of onnxruntime-web that we use. */
interface OnnxRuntime {
  readonly env: {
    readonly versions: { readonly web?: string };
    readonly wasm: { numThreads: number };
  };
  readonly InferenceSession: {
    create(bytes: Uint8Array): Promise<{
      run(feeds: Readonly<Record<string, unknown>>): Promise<
        Readonly<Record<string, { readonly data: Float32Array }>>
      >;
      release(): Promise<void>;
    }>;
  };
  readonly Tensor: new (
    type: "float32" | "float64",
    data: Float32Array | Float64Array,
    shape: readonly number[],
  ) => unknown;
}

/** Images for a network, and their complexity where the network asks for it. */
export interface OnnxImages {
  /** `[batch, 3, height, width]`, float32, RGB, 0..255. */
  readonly images: Float32Array;
  /** Its sides. */
  readonly shape: readonly number[];
  /** Complexity of the only image, for the adaptive model. */
  readonly complexity?: number;
}

/** Runs a file on batches, one after the other; gives the logits of each, `[batch, classes]`. */
export type RunOnnx = (
  bytes: Uint8Array,
  batches: readonly OnnxImages[],
) => Promise<Float32Array[]>;

/**
 * Looks for onnxruntime.
 *
 * @param folder Where the search for npm's onnxruntime-web starts.
 * @returns What runs `.onnx` files, and its name with its version; or why there is none.
 */
export function findOnnxRuntime(
  folder: string,
): FoundRuntime<{ readonly name: string; readonly run: RunOnnx }> {
  const found = findRuntime<OnnxRuntime>("onnxruntime-web/wasm", folder);
  if ("missing" in found) return found;
  const { env, InferenceSession, Tensor } = found.module;
  // Deno's workers are not the ones that it expects.
  env.wasm.numThreads = 1;
  const run: RunOnnx = async (bytes, batches) => {
    const session = await InferenceSession.create(bytes);
    try {
      const results: Float32Array[] = [];
      for (const { images, shape, complexity } of batches) {
        const { logits } = await session.run({
          images: new Tensor("float32", images, shape),
          ...(complexity === undefined
            ? {}
            : { complexity: new Tensor("float64", Float64Array.of(complexity), [1]) }),
        });
        results.push(Float32Array.from(logits!.data));
      }
      return results;
    } finally {
      await session.release();
    }
  };
  return { module: { name: `onnxruntime ${env.versions.web ?? ""}`.trim(), run } };
}
