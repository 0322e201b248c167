import type { BackendName } from "./backend.ts";

/** Kernels that the models and their gradients use; a test derives the list by recording what they run. */
export const TRAINING_KERNELS: readonly string[] = [
  "Abs",
  "Add",
  "AddN",
  "All",
  "ArgMax",
  "AvgPool",
  "AvgPoolGrad",
  "BatchMatMul",
  "Cast",
  "Concat",
  "Conv2D",
  "Conv2DBackpropFilter",
  "Conv2DBackpropInput",
  "DepthwiseConv2dNative",
  "DepthwiseConv2dNativeBackpropFilter",
  "DepthwiseConv2dNativeBackpropInput",
  "Equal",
  "Exp",
  "Fill",
  "FusedBatchNorm",
  "FusedConv2D",
  "GatherV2",
  "Greater",
  "GreaterEqual",
  "Identity",
  "IsFinite",
  "Less",
  "LessEqual",
  "Log",
  "Max",
  "MaxPool",
  "MaxPoolGrad",
  "Maximum",
  "Mean",
  "Minimum",
  "Multiply",
  "Neg",
  "OneHot",
  "Pack",
  "PadV2",
  "RealDiv",
  "Relu",
  "Relu6",
  "Reshape",
  "Reverse",
  "Rsqrt",
  "Sigmoid",
  "Slice",
  "Softmax",
  "SplitV",
  "Sqrt",
  "Square",
  "Step",
  "Sub",
  "Sum",
  "TopK",
  "Transpose",
  "Unpack",
  "UnsortedSegmentSum",
  "ZerosLike",
];

/**
 * Lists the kernels for training that an activated backend does not have.
 *
 * @param name - a backend that was activated in this process; others have no kernels yet.
 * @returns kernel names, sorted; empty where training works.
 */
export async function listMissingKernels(name: BackendName): Promise<string[]> {
  const tf = await import("@tensorflow/tfjs-core");
  const present = new Set(tf.getKernelsForBackend(name).map((kernel) => kernel.kernelName));
  return TRAINING_KERNELS.filter((kernel) => !present.has(kernel)).sort();
}
