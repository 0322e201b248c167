import * as tf from "@tensorflow/tfjs-core";
import { floatType, nativeBackend } from "./native_operation.ts";
import type { NativeBackend, OperationAttribute } from "./native_operation.ts";

type BatchNorm = (...inputs: tf.Tensor[]) => tf.Tensor;

function attributes(backend: NativeBackend, epsilon: number): OperationAttribute[] {
  const { TF_ATTR_FLOAT, TF_ATTR_STRING, TF_ATTR_BOOL } = backend.binding;
  return [
    floatType(backend, "T"),
    floatType(backend, "U"),
    { name: "epsilon", type: TF_ATTR_FLOAT!, value: epsilon },
    { name: "data_format", type: TF_ATTR_STRING!, value: "NHWC" },
    { name: "is_training", type: TF_ATTR_BOOL!, value: true },
  ];
}

function makeBatchNorm(backend: NativeBackend, epsilon: number): BatchNorm {
  const shared = attributes(backend, epsilon);
  const averaging = {
    name: "exponential_avg_factor",
    type: backend.binding.TF_ATTR_FLOAT!,
    value: 1,
  };
  return tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [input, scale, offset] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor];
    const save = inputs[3] as tf.GradSaveFunc;
    const none = tf.tensor1d([], "float32");
    const outputs = backend.executeMultipleOutputs(
      "FusedBatchNormV3",
      [...shared, averaging],
      [input, scale, offset, none, none],
      6,
    );
    // Outputs 3..5 are what the gradient operation wants back, whatever they hold on this device.
    save([input, scale, outputs[3]!, outputs[4]!, outputs[5]!]);
    return {
      value: outputs[0]!,
      gradFunc: (outputGradient: tf.Tensor, saved: tf.Tensor[]) =>
        backend.executeMultipleOutputs(
          "FusedBatchNormGradV3",
          shared,
          [outputGradient, ...saved],
          5,
        ).slice(0, 3),
    };
  }) as BatchNorm;
}

const cache = new WeakMap<NativeBackend, Map<number, BatchNorm>>();

/**
 * TensorFlow's own fused batch normalisation over the batch, with gradient.
 *
 * @param epsilon Added to the variance.
 * @returns A function of (input `[batch, height, width, channels]`, scale, offset), or `null` where the
 * current backend is not the native one.
 */
export function nativeBatchNorm(epsilon: number): BatchNorm | null {
  const backend = nativeBackend();
  if (backend === null) return null;
  const known = cache.get(backend) ?? new Map<number, BatchNorm>();
  cache.set(backend, known);
  const operation = known.get(epsilon) ?? makeBatchNorm(backend, epsilon);
  known.set(epsilon, operation);
  return operation;
}
