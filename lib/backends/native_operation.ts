import * as tf from "@tensorflow/tfjs-core";

/** An attribute of a TensorFlow operation, as the native binding takes it. */
export interface OperationAttribute {
  /** Name in TensorFlow's definition of the operation. */
  readonly name: string;
  /** One of the binding's `TF_ATTR_*` constants. */
  readonly type: number;
  /** Value of that type. */
  readonly value: unknown;
}

/** The part of the native backend that runs any operation of libtensorflow. */
export interface NativeBackend {
  /** Constants of the binding by name. */
  readonly binding: Readonly<Record<string, number>>;
  /** Whether operations run on a GPU. */
  readonly isUsingGpuDevice: boolean;
  /** Runs an operation at once. */
  executeMultipleOutputs(
    name: string,
    attributes: readonly OperationAttribute[],
    inputs: readonly tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
}

/**
 * The native backend, for operations that TensorFlow.js has no name for.
 *
 * @returns The backend, or `null` where the current backend is another one.
 */
export function nativeBackend(): NativeBackend | null {
  if (tf.getBackend() !== "tensorflow") return null;
  const backend = tf.backend() as unknown as Partial<NativeBackend>;
  return typeof backend.executeMultipleOutputs === "function" ? backend as NativeBackend : null;
}

/**
 * Whether oneDNN computes: on a processor, and where it is not switched off.
 *
 * @param backend The native backend.
 */
function hasOnednn({ isUsingGpuDevice }: NativeBackend): boolean {
  return !isUsingGpuDevice && Deno.env.get("TF_ENABLE_ONEDNN_OPTS") !== "0";
}

/**
 * The attribute that marks the kernels of oneDNN for TensorFlow's own layout; without it TensorFlow does not find them.
 *
 * @param backend The native backend.
 */
export function onednnKernel({ binding }: NativeBackend): OperationAttribute {
  return { name: "_kernel", type: binding["TF_ATTR_STRING"]!, value: "MklNameChangeOp" };
}

/**
 * The attribute that gives the element type of an operation on float32 tensors.
 *
 * @param backend The native backend.
 * @param name Name of the attribute, `T` in most operations.
 */
export function floatType({ binding }: NativeBackend, name = "T"): OperationAttribute {
  return { name, type: binding["TF_ATTR_TYPE"]!, value: binding["TF_FLOAT"]! };
}

/**
 * Whether an operation can be run.
 *
 * @param operation The operation.
 * @param trial Runs it; what it throws means that it is not there. In a tidy.
 */
export function isRunnable<Operation>(
  operation: Operation,
  trial: (operation: Operation) => void,
): boolean {
  return tf.tidy(() => {
    try {
      trial(operation);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Makes an operation of oneDNN that is one of TensorFlow's inner ones: a build for another processor does not have it.
 *
 * @param make Makes the operation for a backend.
 * @param trial Runs it on the smallest input; what it throws means that it is not there. Tried once a backend, in a tidy.
 * @returns Gives the operation, or `null` where the current backend does not have it: not TensorFlow, on a GPU, or without
 * oneDNN.
 */
export function onednnOperation<Operation>(
  make: (backend: NativeBackend) => Operation,
  trial: (operation: Operation) => void,
): () => Operation | null {
  const cache = new WeakMap<NativeBackend, Operation | null>();
  return () => {
    const backend = nativeBackend();
    if (backend === null) return null;
    const known = cache.get(backend);
    if (known !== undefined) return known;
    const operation = make(backend);
    const found = hasOnednn(backend) && isRunnable(operation, trial) ? operation : null;
    cache.set(backend, found);
    return found;
  };
}
