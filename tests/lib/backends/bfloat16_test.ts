import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import {
  currentMath,
  type RoundingBackend,
  roundToBfloat16,
} from "../../../lib/backends/bfloat16.ts";
import {
  floatType,
  type NativeBackend,
  nativeBackend,
} from "../../../lib/backends/native_operation.ts";
import { nativeBiasedConvolution } from "../../../lib/backends/native_convolution.ts";
import { BACKENDS, selectBackend } from "../../../lib/backends/select_backend.ts";
import { BackendError } from "../../../lib/errors.ts";
import { hasBfloat16, testBackends } from "../../helpers/backends.ts";
import { largestDifference, normalTensor, take } from "../../helpers/tensors.ts";

const [isNative, isRounding] = [
  (await testBackends()).includes("tensorflow"),
  await hasBfloat16(),
];

/** Half of the distance of neighbouring numbers of 8 bits, relative to the number. */
const ROUNDING = 2 ** -9;

async function withMath<Result>(
  math: "float32" | "bfloat16",
  work: () => Promise<Result>,
): Promise<Result> {
  await BACKENDS.tensorflow.activate({ math });
  try {
    return await work();
  } finally {
    await BACKENDS.tensorflow.activate();
  }
}

/** Root of the mean square of the difference, in units of that of the reference. */
function relativeError(found: Float32Array, reference: Float32Array): number {
  const power = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(power(found.map((value, at) => value - reference[at]!)) / power(reference));
}

/** Output and gradients of a computation, with a gradient that is not the same everywhere. */
async function resultsOf(
  inputs: readonly tf.Tensor[],
  compute: (...inputs: tf.Tensor[]) => tf.Tensor,
): Promise<Float32Array[]> {
  const { value, grads } = tf.tidy(() => {
    const output = compute(...inputs);
    const weights = normalTensor(output.shape, "weights");
    const gradients = tf.grads((...inputs: tf.Tensor[]) =>
      tf.sum(tf.mul(compute(...inputs), weights))
    );
    return { value: output, grads: gradients([...inputs]) };
  });
  return await Promise.all([value, ...grads].map(take));
}

type Case = readonly [
  name: string,
  shapes: readonly number[][],
  compute: (...inputs: tf.Tensor[]) => tf.Tensor,
];

const CASES: readonly Case[] = [
  [
    "a convolution",
    [[4, 9, 8, 32], [3, 3, 32, 48]],
    (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same"),
  ],
  [
    "a convolution of many small maps",
    [[16, 7, 6, 32], [3, 3, 32, 48]],
    (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same"),
  ],
  [
    "a 1x1 convolution of many small maps",
    [[16, 7, 6, 32], [1, 1, 32, 48]],
    (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same"),
  ],
  [
    "a convolution with stride",
    [[4, 9, 8, 32], [3, 3, 32, 48]],
    (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, "same"),
  ],
  ["a matrix product", [[256, 192], [192, 160]], (a, b) => tf.matMul(a, b)],
  ["a product of turned matrices", [[192, 256], [160, 192]], (a, b) => tf.matMul(a, b, true, true)],
  ["products of a batch", [[4, 128, 160], [4, 160, 192]], (a, b) => tf.matMul(a, b)],
];

for (const [name, shapes, compute] of CASES) {
  Deno.test({
    name: `bfloat16 gives ${name} and its gradients within its rounding, and leaks nothing`,
    ignore: !isRounding,
    fn: async () => {
      await BACKENDS.tensorflow.activate();
      const inputs = shapes.map((shape, index) => normalTensor(shape, `input ${index}`));
      const before = tf.memory().numTensors;
      const exact = await withMath("float32", () => resultsOf(inputs, compute));
      const rounded = await withMath("bfloat16", () => resultsOf(inputs, compute));
      const again = await withMath("bfloat16", () => resultsOf(inputs, compute));
      assert.equal(tf.memory().numTensors, before);
      assert.deepEqual(rounded, again);
      for (const [index, reference] of exact.entries()) {
        const error = relativeError(rounded[index]!, reference);
        // Three roundings, of two factors and of the result; and it does round.
        assert.ok(error < 3 * ROUNDING, `${index}: ${error}`);
        assert.ok(error > ROUNDING / 8, `${index}: ${error}`);
      }
      tf.dispose(inputs);
    },
  });
}

Deno.test({
  name: "bfloat16 leaves small products and convolutions of few channels as they are",
  ignore: !isRounding,
  fn: async () => {
    await BACKENDS.tensorflow.activate();
    const shapes = [[64, 512], [512, 10], [4, 8, 8, 3], [3, 3, 3, 64], [4, 32, 128], [4, 128, 128]];
    const inputs = shapes.map((shape, index) => normalTensor(shape, `input ${index}`));
    const compute = async () => [
      ...await resultsOf(inputs.slice(0, 2), (a, b) => tf.matMul(a, b)),
      // Half as many multiplications as are worth the conversions, all of the batch together.
      ...await resultsOf(inputs.slice(4), (a, b) => tf.matMul(a, b)),
      ...await resultsOf(
        inputs.slice(2, 4),
        (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same"),
      ),
    ];
    const exact = await withMath("float32", compute);
    for (const [index, values] of (await withMath("bfloat16", compute)).entries()) {
      assert.equal(largestDifference(values, exact[index]!), 0, `${index}`);
    }
    tf.dispose(inputs);
  },
});

/** Geometries whose last taps meet only padding: pixels of a side, taps of a side, stride. */
const ON_PADDING = [[1, 3, 2], [1, 5, 1], [2, 3, 4], [2, 7, 1], [3, 5, 4]] as const;

Deno.test({
  name: "bfloat16 sets the gradient of taps that meet only padding to zero, whatever was in memory",
  ignore: !isRounding,
  fn: async () => {
    for (const [side, taps, stride] of ON_PADDING) {
      await withMath("bfloat16", async () => {
        const shape = [taps, taps, 32, 48] as [number, number, number, number];
        const maps = normalTensor([7, side, side, 32], "maps") as tf.Tensor4D;
        const filter = tf.ones(shape) as tf.Tensor4D;
        // Freed again, such memory is what the next tensor of this length gets.
        tf.dispose(Array.from({ length: 8 }, () => tf.fill(shape, 1e30)));
        const gradient = tf.grad((filter) =>
          tf.conv2d(maps, filter as tf.Tensor4D, stride, "same")
        )(filter) as tf.Tensor4D;
        const largest = Math.max(...(await take(tf.abs(gradient))));
        assert.ok(largest < 1e3, `${side} pixels, ${taps} taps, stride ${stride}: ${largest}`);
        const corner = await take(tf.slice(gradient, [taps - 1, taps - 1, 0, 0], [1, 1, 32, 48]));
        assert.ok(corner.every((value) => value === 0), `${side}, ${taps}, ${stride}`);
        tf.dispose([maps, filter, gradient]);
      });
    }
  },
});

/** Strided convolutions: height, width, side of the filter, stride. */
const STRIDED = [[5, 1, 3, 4], [12, 2, 3, 2], [8, 3, 5, 3], [12, 4, 4, 4], [3, 4, 4, 4]] as const;

Deno.test({
  name: "bfloat16 computes every row of strided convolutions to narrow maps",
  ignore: !isRounding,
  fn: async () => {
    for (const [height, width, taps, stride] of STRIDED) {
      await BACKENDS.tensorflow.activate();
      const maps = normalTensor([19, height, width, 64], "maps");
      const filter = normalTensor([taps, taps, 64, 64], "filter");
      const compute = () =>
        take(tf.conv2d(maps as tf.Tensor4D, filter as tf.Tensor4D, stride, "same"));
      const exact = await withMath("float32", compute);
      tf.dispose(Array.from({ length: 8 }, () => tf.fill([exact.length], 1e30)));
      const error = relativeError(await withMath("bfloat16", compute), exact);
      assert.ok(error < 3 * ROUNDING, `${height} x ${width}, ${taps}, ${stride}: ${error}`);
      tf.dispose([maps, filter]);
    }
  },
});

/** The native backend with a binding that keeps account of its tensors. */
function countingBackend(alive: Set<number>): NativeBackend {
  const native = nativeBackend()! as RoundingBackend;
  const own: Pick<RoundingBackend["binding"], "executeOp" | "deleteTensor"> = {
    executeOp: (...call: Parameters<RoundingBackend["binding"]["executeOp"]>) => {
      const outputs = native.binding.executeOp(...call);
      for (const { id } of outputs) alive.add(id);
      return outputs;
    },
    deleteTensor: (id: number) => {
      alive.delete(id);
      native.binding.deleteTensor(id);
    },
  };
  const { executeOp, deleteTensor } = own;
  const binding = Object.create(native.binding, {
    executeOp: { value: executeOp },
    deleteTensor: { value: deleteTensor },
  });
  return Object.create(native, { binding: { value: binding } });
}

Deno.test({
  name: "bfloat16 frees what TensorFlow.js does not know of, also where an operation fails",
  ignore: !isRounding,
  fn: async () => {
    await BACKENDS.tensorflow.activate();
    const alive = new Set<number>();
    const backend = countingBackend(alive);
    roundToBfloat16(backend, true);
    const [a, b] = [normalTensor([256, 192], "a"), normalTensor([192, 160], "b")];
    const maps = normalTensor([16, 4, 4, 32], "maps");
    const sizes = tf.tensor1d([3, 3, 32, 32], "int32");
    const multiply = (turned: boolean) =>
      backend.executeMultipleOutputs(
        "BatchMatMulV2",
        [
          floatType(backend),
          { name: "adj_x", type: backend.binding["TF_ATTR_BOOL"]!, value: turned },
        ],
        [a, b],
        1,
      );
    const filterGradient = () =>
      backend.executeMultipleOutputs(
        "Conv2DBackpropFilter",
        [
          floatType(backend),
          { name: "strides", type: backend.binding["TF_ATTR_INT"]!, value: [1, 1, 1, 1] },
          { name: "padding", type: backend.binding["TF_ATTR_STRING"]!, value: "SAME" },
          { name: "data_format", type: backend.binding["TF_ATTR_STRING"]!, value: "NHWC" },
        ],
        [maps, sizes, maps],
        1,
      );
    const free = (...tensors: tf.Tensor[]) => {
      for (const { dataId } of tensors) (backend as RoundingBackend).disposeData(dataId);
    };
    const [gradient] = filterGradient();
    // The result, and a copy of the maps for who needs them rounded next.
    assert.equal(alive.size, 2);
    const [again] = filterGradient();
    assert.equal(alive.size, 3);
    free(gradient!, again!);
    assert.equal(alive.size, 1);
    free(maps);
    assert.equal(alive.size, 0);
    const [product] = multiply(false);
    assert.equal(alive.size, 3);
    assert.throws(() => multiply(true), /In\[0\]|incompatible|mismatch/i);
    assert.equal(alive.size, 3);
    roundToBfloat16(backend, false);
    assert.equal(alive.size, 1);
    free(product!);
    assert.equal(alive.size, 0);
    tf.dispose([a, b, maps, sizes, gradient!, again!, product!]);
  },
});

Deno.test({
  name: "bfloat16 holds for convolution with bias as one operation",
  ignore: !isRounding,
  fn: async () => {
    await BACKENDS.tensorflow.activate();
    const input = normalTensor([4, 8, 8, 32], "maps") as tf.Tensor4D;
    const kernel = normalTensor([3, 3, 32, 48], "kernel") as tf.Tensor4D;
    const bias = normalTensor([48], "bias") as tf.Tensor1D;
    const convolve = nativeBiasedConvolution();
    if (convolve === null) return;
    const compute = () => take(convolve(input, { kernel, bias, stride: 1 }));
    const [exact, rounded] = [
      await withMath("float32", compute),
      await withMath("bfloat16", compute),
    ];
    const error = relativeError(rounded, exact);
    assert.ok(error < 3 * ROUNDING && error > ROUNDING / 8, String(error));
    assert.ok(largestDifference(rounded, exact) > 0);
    tf.dispose([input, kernel, bias]);
  },
});

Deno.test({
  name: "selectBackend() takes tensorflow for bfloat16, and says so",
  ignore: !isRounding,
  fn: async () => {
    const active = await selectBackend("auto", { math: "bfloat16" });
    assert.equal(active.name, "tensorflow");
    assert.equal(active.math, "bfloat16");
    assert.match(active.description, /^TensorFlow .*, CPU, bfloat16$/);
    assert.equal(currentMath(), "bfloat16");
    const exact = await selectBackend("tensorflow");
    assert.equal(exact.math, undefined);
    assert.equal(currentMath(), "float32");
  },
});

Deno.test("selectBackend() refuses bfloat16 on backends that cannot compute it", async () => {
  for (const name of ["wasm", "cpu", "webgpu"] as const) {
    await assert.rejects(
      selectBackend(name, { math: "bfloat16" }),
      new RegExp(`Cannot compute in bfloat16 with backend "${name}": only tensorflow can`),
    );
  }
});

Deno.test({
  name: "bfloat16 is refused where oneDNN has no convolutions in it, and float32 stays",
  ignore: !isNative || isRounding,
  fn: async () => {
    await selectBackend("tensorflow");
    for (const name of ["auto", "tensorflow"] as const) {
      await assert.rejects(
        selectBackend(name, { math: "bfloat16" }),
        (error) => error instanceof BackendError && /without AVX-512\)/.test(error.message),
      );
      assert.equal(currentMath(), "float32");
    }
  },
});

Deno.test({
  name: "bfloat16 is refused without oneDNN, whatever the processor",
  ignore: !isNative,
  fn: async () => {
    await selectBackend("tensorflow");
    const before = Deno.env.get("TF_ENABLE_ONEDNN_OPTS");
    Deno.env.set("TF_ENABLE_ONEDNN_OPTS", "0");
    try {
      await assert.rejects(
        selectBackend("tensorflow", { math: "bfloat16" }),
        (error) =>
          error instanceof BackendError && /unset TF_ENABLE_ONEDNN_OPTS/.test(error.message),
      );
    } finally {
      if (before === undefined) Deno.env.delete("TF_ENABLE_ONEDNN_OPTS");
      else Deno.env.set("TF_ENABLE_ONEDNN_OPTS", before);
    }
    assert.equal(currentMath(), "float32");
  },
});
