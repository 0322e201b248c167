import assert from "node:assert/strict";
import { kernelLength, sizeAfter, workOfLayers } from "../../../lib/architectures/count_layers.ts";
import { classifierHead, convolution } from "../../../lib/architectures/layer.ts";
import type { Layer } from "../../../lib/architectures/layer.ts";

const SIZE = { height: 9, width: 7 };

function conv(name: string, inputChannels: number, outputChannels: number, stride = 1) {
  return convolution(name, { kernelSize: 3, inputChannels, outputChannels }, { stride });
}

Deno.test("kernelLength() counts one input for a depthwise layer", () => {
  assert.equal(kernelLength(conv("a", 4, 8)), 288);
  assert.equal(kernelLength({ ...conv("a", 8, 8), depthwise: true }), 72);
});

Deno.test("sizeAfter() rounds up for convolutions and down for pooling", () => {
  assert.deepEqual(sizeAfter(conv("a", 1, 1, 2), SIZE), { height: 5, width: 4 });
  assert.deepEqual(sizeAfter({ kind: "max-pool", size: 2, stride: 2 }, SIZE), {
    height: 4,
    width: 3,
  });
  assert.deepEqual(sizeAfter({ kind: "max-pool", size: 3, stride: 2 }, SIZE), {
    height: 4,
    width: 3,
  });
});

Deno.test("workOfLayers() counts weights times positions by our rule", () => {
  const layers: Layer[] = [
    conv("a", 3, 4),
    { kind: "max-pool", size: 2, stride: 2 },
    { ...conv("b", 4, 4), depthwise: true, stride: 2 },
    ...classifierHead([4, 5]),
  ];
  const expected = 9 * 3 * 4 * 63 + 9 * 4 * (2 * 2) + 4 * 5;
  assert.equal(workOfLayers(layers, SIZE).multiplyAdds, expected);
  // Of mirror pairs one weight is stored; both are multiplied.
  assert.equal(workOfLayers(classifierHead([4, 5], true), SIZE).multiplyAdds, 20);
});

Deno.test("workOfLayers() counts biases per position, and norms and linear layers once, by the tool's rule", () => {
  const withBias = { ...conv("a", 3, 4), bias: true };
  assert.equal(workOfLayers([withBias], SIZE).multiplyAddsOfTool, (108 + 4) * 63 + 8);
  const bare = { ...conv("a", 3, 4), norm: false };
  assert.equal(workOfLayers([bare], SIZE).multiplyAddsOfTool, 108 * 63);
  assert.equal(workOfLayers(classifierHead([4, 5]), SIZE).multiplyAddsOfTool, 25);
});

Deno.test("workOfLayers() follows nested layers, each branch from the same input", () => {
  const strided = conv("a", 2, 2, 2);
  const shortcut = { ...conv("s", 2, 2, 2), kernelSize: 1 };
  const residual: Layer = {
    kind: "residual",
    body: [strided, conv("b", 2, 2)],
    shortcut: [shortcut],
    activation: "relu",
  };
  const joined: Layer = { kind: "concatenation", branches: [[conv("c", 2, 3)], [conv("d", 2, 1)]] };
  const { multiplyAdds } = workOfLayers([residual, joined], SIZE);
  assert.equal(multiplyAdds, (36 + 36 + 4) * 20 + (54 + 18) * 20);
});
