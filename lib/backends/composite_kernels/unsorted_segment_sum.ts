import type { KernelConfig } from "@tensorflow/tfjs-core";
import { composeKernel, inputNamed } from "./compose_kernel.ts";

/**
 * Sums of the rows with the same number, which the WASM backend lacks and the gradient of `tf.gather` needs:
 * `out[s] = sum over n with ids[n] = s of x[n]`, the product of the turned one-hot matrix of the ids with the rows.
 */
export const unsortedSegmentSum: KernelConfig = composeKernel(
  "UnsortedSegmentSum",
  (runner, inputs, attrs) => {
    const rows = inputNamed(inputs, "x");
    const ids = inputNamed(inputs, "segmentIds");
    const segments = attrs["numSegments"] as number;
    const count = ids.shape.reduce((product, size) => product * size, 1);
    const rowShape = rows.shape.slice(ids.shape.length);
    const rowSize = rowShape.reduce((product, size) => product * size, 1);
    const oneHot = runner.run("OneHot", { indices: runner.reshape(ids, [count]) }, {
      depth: segments,
      onValue: 1,
      offValue: 0,
      dtype: "int32",
    });
    // The backend's kernel writes integers, whichever type it is asked for.
    const weights = runner.run("Cast", { x: oneHot }, { dtype: "float32" });
    const sums = runner.run("BatchMatMul", {
      a: runner.reshape(weights, [1, count, segments]),
      b: runner.reshape(rows, [1, count, rowSize]),
    }, { transposeA: true, transposeB: false });
    return runner.reshape(sums, [segments, ...rowShape]);
  },
);
