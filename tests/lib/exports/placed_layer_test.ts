import assert from "node:assert/strict";
import { convolution } from "../../../lib/architectures/layer.ts";
import { placeLayers } from "../../../lib/exports/placed_layer.ts";

Deno.test("placeLayers() puts the odd row of zeros last, as TensorFlow does", () => {
  const shape = { kernelSize: 3, inputChannels: 3, outputChannels: 4 };
  const layers = placeLayers(
    [convolution("even", shape, { stride: 2 }), convolution("odd", shape, { stride: 2 })],
    { height: 8, width: 7 },
  );
  assert.deepEqual(
    layers.map((layer) => layer.kind === "convolution" && Object.values(layer.padding)),
    [[0, 1, 1, 1], [0, 1, 0, 1]],
  );
});

Deno.test("placeLayers() reaches into branches and shortcuts, and follows poolings", () => {
  const inner = convolution("inner", { kernelSize: 5, inputChannels: 3, outputChannels: 3 });
  const [, residual, concatenation] = placeLayers([
    { kind: "max-pool", size: 2, stride: 2 },
    { kind: "residual", body: [inner], shortcut: [], activation: "relu" },
    { kind: "concatenation", branches: [[inner], [inner]] },
  ], { height: 8, width: 8 });
  const same = { top: 2, bottom: 2, left: 2, right: 2 };
  assert.ok(residual?.kind === "residual" && concatenation?.kind === "concatenation");
  const placed = [...residual.body, ...concatenation.branches.flat()];
  assert.equal(placed.length, 3);
  for (const layer of placed) assert.ok(layer.kind === "convolution" && layer.padding.top === 2);
  assert.deepEqual(residual.body[0], { ...inner, padding: same });
});
