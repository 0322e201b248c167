import type { KernelConfig, NamedAttrMap, TensorInfo } from "@tensorflow/tfjs-core";
import { composeKernel, inputNamed, type KernelRunner } from "./compose_kernel.ts";
import { exchangeAxes } from "./exchange_axes.ts";
import { openOutput } from "./wasm_memory.ts";

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
function turn(runner: KernelRunner, matrices: TensorInfo): TensorInfo {
  const [rows, columns] = matrices.shape.slice(-2) as [number, number];
  const shape = [...matrices.shape.slice(0, -2), columns, rows];
  return runner.make((backend) => {
    const { tensor, output, inputs: [values] } = openOutput(backend, shape, [matrices]);
    for (let start = 0; start < output.length; start += rows * columns) {
      const end = start + rows * columns;
      exchangeAxes([values!.subarray(start, end), output.subarray(start, end)], [rows, 1, columns]);
    }
    return tensor;
  });
}
