import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { type MathType } from "../../../lib/backends/backend.ts";
import { ParameterSet } from "../../../lib/tensors/parameter_set.ts";
import { orthogonalize, suitsMuon } from "../../../lib/training/muon.ts";
import { Optimizer } from "../../../lib/training/optimizer.ts";
import { selectBackend } from "../../../lib/backends/select_backend.ts";
import { hasBfloat16, testBackends, withBackend } from "../../helpers/backends.ts";
import { largestDifference, normalTensor, normalValues, take } from "../../helpers/tensors.ts";

const OPTIONS = { optimizer: "muon", beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
const NAMES = ["kernels.conv", "head.weights"] as const;
const SHAPES = { "kernels.conv": [3, 3, 2, 4], "head.weights": [4, 3] };

function make(weightDecay = 0) {
  const parameters = new ParameterSet();
  for (const name of NAMES) {
    const shape = SHAPES[name];
    const size = shape.reduce((product, axis) => product * axis);
    parameters.add(name, { shape, values: normalValues(size, name) });
  }
  return { parameters, optimizer: new Optimizer(parameters, { ...OPTIONS, weightDecay }) };
}

function step({ optimizer }: ReturnType<typeof make>, index: number): void {
  const gradients = new Map(NAMES.map((name): [string, tf.Tensor] => [
    name,
    normalTensor(SHAPES[name], `${name}-${index}`),
  ]));
  optimizer.update(gradients, 1e-2);
  tf.dispose([...gradients.values()]);
}

/** Five Newton-Schulz steps in float64, step by step on the whole matrix. */
function stepsInFloat64(matrix: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const size = Math.hypot(...Array.from(matrix));
  let x = Float64Array.from(matrix, (value) => value / size);
  const product = (a: Float64Array, b: Float64Array, inner: number) => {
    const [height, width] = [a.length / inner, b.length / inner];
    const result = new Float64Array(height * width);
    for (let row = 0; row < height; row++) {
      for (let at = 0; at < inner; at++) {
        const factor = a[row * inner + at]!;
        for (let column = 0; column < width; column++) {
          result[row * width + column]! += factor * b[at * width + column]!;
        }
      }
    }
    return result;
  };
  for (let step = 0; step < 5; step++) {
    const turned = new Float64Array(x.length);
    for (let at = 0; at < x.length; at++) {
      turned[at % columns * rows + Math.floor(at / columns)] = x[at]!;
    }
    const gram = product(turned, x, rows);
    const square = product(gram, gram, columns);
    const factor = gram.map((value, at) => -4.775 * value + 2.0315 * square[at]!);
    const change = product(x, factor, columns);
    x = x.map((value, at) => 3.4445 * value + change[at]!);
  }
  return x;
}

/** A matrix whose columns differ in size by a factor of 100,000: the small ones drown in rounding first. */
function unevenMatrix(rows: number, columns: number): Float32Array {
  return normalValues(rows * columns, "uneven").map((value, at) =>
    value * 10 ** (-5 * (at % columns) / columns)
  );
}

const settings = (await testBackends()).map((backend) => ({
  backend,
  math: "float32" as MathType,
}));
if (await hasBfloat16()) settings.push({ backend: "tensorflow", math: "bfloat16" });
for (const { backend, math } of settings) {
  Deno.test(`orthogonalize() takes the steps of a long matrix as if with the whole of it (${backend}, ${math})`, () =>
    withBackend(backend, async () => {
      await selectBackend(backend, { math });
      const [rows, columns] = [768, 128];
      const values = unevenMatrix(rows, columns);
      const expected = stepsInFloat64(values, rows, columns);
      const matrix = tf.tensor2d(values, [rows, columns]);
      const live = tf.memory().numTensors;
      const [tall, wide] = [orthogonalize(matrix), tf.tidy(() => tf.transpose(matrix))];
      const turned = orthogonalize(wide as tf.Tensor2D);
      assert.equal(tf.memory().numTensors, live + 3);
      const back = tf.transpose(turned);
      for (const found of [tall, back]) {
        const difference = largestDifference(await take(found), Float32Array.from(expected));
        assert.ok(difference < 1e-4, `${difference}`);
      }
      tf.dispose([matrix, wide, turned]);
      await selectBackend(backend);
    }));
}

for (const backend of await testBackends()) {
  for (const [rows, columns] of [[24, 6], [6, 24], [12, 12]] as const) {
    Deno.test(`orthogonalize() brings singular values of ${rows} x ${columns} to 1 and keeps their vectors (${backend})`, () =>
      withBackend(backend, async () => {
        const size = Math.min(rows, columns);
        // U S V' with known parts: columns of U and V are of orthonormal bases.
        const [u, v] = [rows, columns].map((length) =>
          tf.linalg.qr(normalTensor<tf.Tensor2D>([length, size], `basis-${length}`))[0]
        );
        const values = Array.from({ length: size }, (_, at) => 3 / (1 + at));
        const matrix = tf.matMul(tf.mul(u!, values), v!, false, true) as tf.Tensor2D;
        const found = tf.tidy(() => tf.matMul(tf.matMul(u!, orthogonalize(matrix), true), v!));
        const entries = await take(found);
        for (let row = 0; row < size; row++) {
          for (let column = 0; column < size; column++) {
            const value = entries[row * size + column]!;
            if (row === column) assert.ok(value > 0.6 && value < 1.3, `${row}: ${value}`);
            else assert.ok(Math.abs(value) < 1e-3, `${row}, ${column}: ${value}`);
          }
        }
        tf.dispose([u!, v!, matrix]);
      }));
  }

  Deno.test(`Optimizer updates kernels by Muon: a step is as large as one of Adam's, whatever the gradient's size (${backend})`, () =>
    withBackend(backend, async () => {
      for (const factor of [1e-4, 1, 1e4]) {
        const made = make();
        const before = (await made.parameters.read()).get("kernels.conv")!.values;
        const gradient = normalTensor(SHAPES["kernels.conv"], "gradient");
        made.optimizer.update(new Map([["kernels.conv", gradient]]), 1e-2, factor);
        const after = (await made.parameters.read()).get("kernels.conv")!.values;
        const squares = after.reduce((sum, value, at) => sum + (value - before[at]!) ** 2, 0);
        // 4 singular values of about 1 in a matrix of 18 x 4, times 0.2 times the root of 18.
        const ratio = Math.sqrt(squares / after.length) / (1e-2 * 0.2);
        assert.ok(ratio > 0.7 && ratio < 1.2, `${factor}: ${ratio}`);
        gradient.dispose();
        made.optimizer.dispose();
        made.parameters.dispose();
      }
    }));

  Deno.test(`Optimizer continues bit for bit from what Muon stored, and keeps no tensors (${backend})`, () =>
    withBackend(backend, async () => {
      const [straight, before, after] = [make(0.1), make(0.1), make(0.1)];
      for (let index = 0; index < 9; index++) step(straight, index);
      for (let index = 0; index < 5; index++) step(before, index);
      after.parameters.write(await before.parameters.read());
      after.optimizer.write(await before.optimizer.read());
      const live = tf.memory().numTensors;
      for (let index = 5; index < 9; index++) step(after, index);
      assert.equal(tf.memory().numTensors, live);
      assert.deepEqual(await after.parameters.read(), await straight.parameters.read());
      const { moments } = await after.optimizer.read();
      assert.deepEqual([...moments.keys()], [
        "kernels.conv.first",
        "head.weights.first",
        "head.weights.second",
      ]);
      for (const { parameters, optimizer } of [straight, before, after]) {
        optimizer.dispose();
        parameters.dispose();
      }
    }));

  Deno.test(`Optimizer decays what Muon updates (${backend})`, () =>
    withBackend(backend, async () => {
      const [plain, decaying] = [make(), make(0.5)];
      const start = (await plain.parameters.read()).get("kernels.conv")!.values;
      for (const made of [plain, decaying]) step(made, 0);
      const kernelOf = async (of: typeof plain) =>
        (await of.parameters.read()).get("kernels.conv")!.values;
      const expected = (await kernelOf(plain)).map((value, at) => value - 0.005 * start[at]!);
      assert.ok(largestDifference(await kernelOf(decaying), expected) < 1e-6);
      for (const { parameters, optimizer } of [plain, decaying]) {
        optimizer.dispose();
        parameters.dispose();
      }
    }));
}

Deno.test("Optimizer refuses the memory of the other optimizer", () =>
  withBackend("cpu", async () => {
    const muon = make();
    const adam = new Optimizer(muon.parameters, { ...OPTIONS, optimizer: "adam", weightDecay: 0 });
    const [ofMuon, ofAdam] = [await muon.optimizer.read(), await adam.read()];
    assert.throws(
      () => muon.optimizer.write(ofAdam),
      /"kernels\.conv\.second" is not what it keeps of a parameter/,
    );
    assert.throws(() => adam.write(ofMuon), /second moment of "kernels\.conv" is missing/);
    adam.dispose();
    muon.optimizer.dispose();
    muon.parameters.dispose();
  }));

Deno.test("suitsMuon() names matrices that mix channels, and nothing else", () => {
  assert.ok(suitsMuon("puppeteer.pointwise.weights", [512, 512]));
  assert.ok(suitsMuon("kernels.stage1.conv1", [3, 3, 64, 64]));
  assert.ok(!suitsMuon("kernels.depthwise", [3, 3, 64, 1]));
  assert.ok(!suitsMuon("puppeteer.depthwise.weights", [3, 3, 512, 1]));
  assert.ok(!suitsMuon("puppeteer.norm1.scale", [512]));
  assert.ok(!suitsMuon("head.weights", [512, 10]));
});

Deno.test("Optimizer: Muon keeps 0.95 of its momentum and looks ahead, and scales by the long side", () =>
  withBackend("cpu", async () => {
    const parameters = new ParameterSet();
    parameters.add("kernels.turned", { shape: [1, 1, 2, 2], values: new Float32Array(4) });
    parameters.add("kernels.wide", { shape: [1, 1, 2, 8], values: new Float32Array(16) });
    const optimizer = new Optimizer(parameters, { ...OPTIONS, weightDecay: 0 });
    for (const values of [[1, 0, 0, 1], [0, -1, 1, 0]]) {
      const turned: tf.Tensor = tf.tensor(values, [1, 1, 2, 2]);
      optimizer.update(new Map([["kernels.turned", turned]]), 1e-2);
      turned.dispose();
    }
    const wide = normalTensor([1, 1, 2, 8], "wide");
    optimizer.update(new Map([["kernels.wide", wide]]), 1e-2);
    const found = await parameters.read();
    // Multiples of rotations: the steps bring their singular values, 1 / sqrt(2) of the norm, to 1.108111. The first
    // update is along I, the second along 0.95 * 0.95 I + 1.95 R.
    const length = Math.hypot(0.9025, 1.95);
    const unit = 1e-2 * 0.2 * Math.SQRT2 * 1.108111;
    const [along, across] = [-unit * (1 + 0.9025 / length), unit * 1.95 / length];
    const { values } = found.get("kernels.turned")!;
    assert.ok(largestDifference(values, [along, across, -across, along]) < 1e-6, `${values}`);
    // Two singular values of about 1 in 16 numbers, times the root of 8.
    const squares = found.get("kernels.wide")!.values.reduce((sum, value) => sum + value ** 2, 0);
    const ratio = Math.sqrt(squares / 16) / (1e-2 * 0.2);
    assert.ok(ratio > 0.7 && ratio < 1.2, `${ratio}`);
    wide.dispose();
    optimizer.dispose();
    parameters.dispose();
  }));
