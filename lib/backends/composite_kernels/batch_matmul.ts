import type { KernelConfig, NamedAttrMap, TensorInfo } from "@tensorflow/tfjs-core";
import { composeKernel, inputNamed, type KernelRunner } from "./compose_kernel.ts";

/**
 * Matrix product that turns its operands before it multiplies. The WASM backend multiplies turned operands in
 * plain loops: nine to twelve times slower at [1152, 128] x [128, 128], and both gradients of a product need one.
 *
 * @param original - the backend's own kernel.
 * @returns the kernel that takes its place.
 */
export function batchMatMul(original: KernelConfig): KernelConfig {
  return composeKernel("BatchMatMul", (runner, inputs, attrs) => {
    const first = inputNamed(inputs, "a");
    const second = inputNamed(inputs, "b");
    const turned = {
      a: attrs["transposeA"] ? turn(runner, first) : first,
      b: attrs["transposeB"] ? turn(runner, second) : second,
    };
    const plain = { ...attrs, transposeA: false, transposeB: false } as NamedAttrMap;
    return runner.runConfig(original, turned, plain);
  });
}

/** `[..., rows, columns]` to `[..., columns, rows]`. */
function turn(runner: KernelRunner, matrix: TensorInfo): TensorInfo {
  const rank = matrix.shape.length;
  const batchAxes = Array.from({ length: rank - 2 }, (_, axis) => axis);
  return runner.run("Transpose", { x: matrix }, { perm: [...batchAxes, rank - 1, rank - 2] });
}
