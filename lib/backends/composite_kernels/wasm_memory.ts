import type { TensorInfo } from "@tensorflow/tfjs-core";

/** What of the WASM backend a kernel uses that computes in JavaScript on WebAssembly's memory. */
export interface WasmMemory {
  /** A new tensor, whatever its memory holds. */
  makeOutput(shape: readonly number[], dtype: "float32"): TensorInfo;
  /** The numbers of a tensor in WebAssembly's memory; the view is good until memory grows. */
  typedArrayFromHeap(tensor: TensorInfo): Float32Array;
  /** Counts one more user of a tensor's numbers. */
  incRef(dataId: TensorInfo["dataId"]): void;
}

/** A new tensor, and views of it and of others. */
export interface OutputView {
  /** The tensor. */
  readonly tensor: TensorInfo;
  /** Its numbers, not yet set. */
  readonly output: Float32Array;
  /** Numbers of the inputs, in order. */
  readonly inputs: readonly Float32Array[];
}

/**
 * Makes a tensor and opens it together with others. The views are taken after the last allocation, which may move the memory.
 *
 * @param backend The backend that TensorFlow.js hands to a kernel.
 * @param shape Shape of the new tensor.
 * @param inputs What it is computed from, float32.
 * @returns Views that are good until the next allocation.
 */
export function openOutput(
  backend: unknown,
  shape: readonly number[],
  inputs: readonly TensorInfo[],
): OutputView {
  const memory = backend as WasmMemory;
  const tensor = memory.makeOutput(shape, "float32");
  return {
    tensor,
    output: memory.typedArrayFromHeap(tensor),
    inputs: inputs.map((input) => memory.typedArrayFromHeap(input)),
  };
}
