import assert from "node:assert/strict";
import { convolutionsOf } from "../../../lib/architectures/layer.ts";
import { mobilenetV2Architecture } from "../../../lib/architectures/mobilenet_v2.ts";
import { layerParameters, layerText } from "../../helpers/layer_parameters.ts";

Deno.test("mobilenetV2Architecture() has the size that it states, 0.9 % above the published one", () => {
  const parameters = layerParameters(mobilenetV2Architecture(10));
  assert.equal(parameters, 2_244_362);
  assert.equal(((4 * parameters / 1e6 / 8.9 - 1) * 100).toFixed(1), "0.9");
  assert.equal(layerParameters(mobilenetV2Architecture(100)), 2_244_362 + 90 * 513);
});

Deno.test("mobilenetV2Architecture() adds the input only where a block keeps its shape", () => {
  const layers = mobilenetV2Architecture(10);
  // 1, 2, 3, 4, 3, 3, 1 blocks: the first of each group changes the channels.
  assert.equal(layers.filter(({ kind }) => kind === "residual").length, 1 + 2 + 3 + 2 + 2);
  for (const layer of layers) {
    if (layer.kind !== "residual") continue;
    const convolutions = convolutionsOf([layer]);
    assert.equal(convolutions[0]!.inputChannels, convolutions.at(-1)!.outputChannels);
    assert.ok(convolutions.every(({ stride }) => stride === 1));
    assert.equal(layer.activation, "none", "the bottleneck is linear");
  }
});

Deno.test("mobilenetV2Architecture() starts and ends as described", () => {
  const text = layerText(mobilenetV2Architecture(10));
  assert.ok(
    text.startsWith("32 dw32 1x16 1x96 dw96 1x24 +[1x144 dw144 1x24; ] 1x144 dw144/2 1x32"),
  );
  assert.ok(text.endsWith("1x960 dw960 1x320 1x512 G (512>512) (512>10)"), text);
});
