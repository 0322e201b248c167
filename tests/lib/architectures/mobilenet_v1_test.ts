import assert from "node:assert/strict";
import { sizeAfter } from "../../../lib/architectures/count_layers.ts";
import { convolutionsOf } from "../../../lib/architectures/layer.ts";
import { mobilenetV1Architecture } from "../../../lib/architectures/mobilenet_v1.ts";
import { layerParameters } from "../../helpers/layer_parameters.ts";

Deno.test("mobilenetV1Architecture() has the published size", () => {
  assert.equal(layerParameters(mobilenetV1Architecture(10)), 1_880_906);
  assert.equal((4 * layerParameters(mobilenetV1Architecture(10)) / 1e6).toFixed(2), "7.52");
  assert.equal(layerParameters(mobilenetV1Architecture(100)), 1_880_906 + 90 * 513);
});

Deno.test("mobilenetV1Architecture() alternates depthwise and pointwise convolutions of at most 512 channels", () => {
  const [stem, ...rest] = convolutionsOf(mobilenetV1Architecture(10));
  assert.equal(stem!.outputChannels, 32);
  assert.equal(rest.length, 22);
  rest.forEach((layer, index) => {
    assert.equal(layer.depthwise, index % 2 === 0);
    assert.equal(layer.kernelSize, index % 2 === 0 ? 3 : 1);
    if (layer.depthwise) assert.equal(layer.inputChannels, layer.outputChannels);
    assert.ok(layer.outputChannels <= 512 && layer.norm && !layer.bias);
  });
});

Deno.test("mobilenetV1Architecture() leaves 4 x 4 of an image of 32 x 32", () => {
  const size = { height: 32, width: 32 };
  const end = mobilenetV1Architecture(10).reduce((at, layer) => sizeAfter(layer, at), size);
  assert.deepEqual(end, { height: 4, width: 4 });
});
