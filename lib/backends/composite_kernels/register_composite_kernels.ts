import {
  getKernel,
  type KernelConfig,
  registerKernel,
  unregisterKernel,
} from "@tensorflow/tfjs-core";
import { batchMatMul } from "./batch_matmul.ts";
import { channelCovariance } from "./channel_covariance.ts";
import { COMPOSED_BACKEND } from "./compose_kernel.ts";
import { conv2dBackpropFilter } from "./conv2d_backprop_filter.ts";
import { conv2dBackpropInput } from "./conv2d_backprop_input.ts";
import { depthwiseBackpropFilter } from "./depthwise_backprop_filter.ts";
import { depthwiseBackpropInput } from "./depthwise_backprop_input.ts";
import { identity } from "./identity.ts";
import { maxPoolGrad } from "./max_pool_grad.ts";
import { unsortedSegmentSum } from "./unsorted_segment_sum.ts";

let registered = false;

/**
 * Gives the WASM backend the kernels that training needs and it lacks, others where its own are plain loops or
 * wrong, and one of ours for norms. Call it once the backend's own kernels are registered; later calls do nothing.
 */
export function registerCompositeKernels(): void {
  if (registered) return;
  registered = true;
  replaceKernel("BatchMatMul", batchMatMul);
  replaceKernel("Conv2DBackpropInput", conv2dBackpropInput);
  replaceKernel("Identity", identity);
  replaceKernel("MaxPoolGrad", () => maxPoolGrad);
  registerKernel(channelCovariance);
  registerKernel(conv2dBackpropFilter);
  registerKernel(depthwiseBackpropFilter);
  registerKernel(depthwiseBackpropInput);
  registerKernel(unsortedSegmentSum);
}

function replaceKernel(name: string, compose: (original: KernelConfig) => KernelConfig): void {
  const original = getKernel(name, COMPOSED_BACKEND);
  unregisterKernel(name, COMPOSED_BACKEND);
  const composite = compose(original);
  // The backend prepares its own kernel when it starts, which may still lie ahead.
  const { setupFunc, disposeFunc } = original;
  registerKernel({
    ...composite,
    ...setupFunc === undefined ? {} : { setupFunc },
    ...disposeFunc === undefined ? {} : { disposeFunc },
  });
}
