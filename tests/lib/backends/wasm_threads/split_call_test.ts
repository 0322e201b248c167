import assert from "node:assert/strict";
import fc from "fast-check";
import { splitCall } from "../../../../lib/backends/wasm_threads/split_call.ts";

/** Arguments of a convolution without its bias, as TensorFlow.js passes them. */
function convolution(sizes: {
  readonly batch: number;
  readonly height: number;
  readonly filter: number;
  readonly stride: number;
}): number[] {
  const { batch, height, filter, stride } = sizes;
  const outHeight = Math.ceil(height / stride);
  const padding = Math.max((outHeight - 1) * stride + filter - height, 0);
  const top = padding >> 1;
  return [
    ...[1, batch, height, 6, 2, filter, 1],
    ...[top, 0, padding - top, 0, 1, 1, 1, stride, 1, 3, 5, 4],
  ];
}

const SIZES = fc.record({
  batch: fc.integer({ min: 1, max: 20 }),
  height: fc.integer({ min: 5, max: 40 }),
  filter: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 3 }),
});

Deno.test("splitCall() gives every number of a convolution's output to one part", () => {
  fc.assert(fc.property(SIZES, fc.integer({ min: 1, max: 12 }), (sizes, wanted) => {
    const { parts } = splitCall("Conv2D", convolution(sizes), wanted)!;
    assert.ok(parts.length <= wanted);
    let next = 0;
    for (const { output } of parts) {
      assert.equal(output.start, next);
      assert.ok(output.length > 0);
      next += output.length;
    }
    assert.equal(next, sizes.batch * Math.ceil(sizes.height / sizes.stride) * 6 * 5);
  }));
});

Deno.test("splitCall() lets a part of one image see the rows that its filters reach, and no others", () => {
  fc.assert(fc.property(SIZES, fc.integer({ min: 2, max: 12 }), (sizes, wanted) => {
    const image = { ...sizes, batch: 1 };
    const whole = convolution(image);
    const { parts } = splitCall("Conv2D", whole, wanted)!;
    for (const { args, input, output } of parts) {
      const [rows, top, bottom] = [args[2], args[7], args[9]] as [number, number, number];
      assert.equal(input.length, rows * 6 * 3);
      // As many rows come out of it as it is to write.
      const span = Math.floor((rows + top + bottom - image.filter) / image.stride) + 1;
      assert.equal(span * 6 * 5, output.length);
      const first = output.start / 30 * image.stride - whole[7]!;
      assert.equal(input.start / 18, Math.max(first, 0));
      assert.equal(top, Math.max(-first, 0));
      assert.ok(input.start / 18 + rows <= image.height);
    }
  }));
});

const shape = (...lengths: number[]) => new Uint8Array(Int32Array.from(lengths).buffer);

Deno.test("splitCall() cuts a product by rows of the first matrix", () => {
  const args = [7, shape(1, 10, 4), 3, 8, shape(1, 4, 3), 3, 0, 0, 9];
  const call = splitCall("BatchMatMul", args, 3)!;
  assert.equal(call.work, 10 * 4 * 3);
  assert.deepEqual(call.parts.map(({ input }) => input), [
    { start: 0, length: 12 },
    { start: 12, length: 12 },
    { start: 24, length: 16 },
  ]);
  assert.deepEqual(call.parts.map(({ output }) => output.start), [0, 9, 18]);
  assert.deepEqual(call.parts[2]!.args[1], [1, 4, 4]);
});

Deno.test("splitCall() leaves products of several or of turned matrices whole", () => {
  const several = [7, shape(2, 10, 4), 3, 8, shape(2, 4, 3), 3, 0, 0, 9];
  assert.equal(splitCall("BatchMatMul", several, 3), null);
  const turned = [7, shape(1, 4, 10), 3, 8, shape(1, 4, 3), 3, 1, 0, 9];
  assert.equal(splitCall("BatchMatMul", turned, 3), null);
});
