import assert from "node:assert/strict";
import { workOfLayers } from "../../../lib/architectures/count_layers.ts";
import { convolutionsOf } from "../../../lib/architectures/layer.ts";
import {
  basicBlock,
  resnetArchitecture,
  resnetVariants,
} from "../../../lib/architectures/resnet.ts";
import { layerParameters, layerText } from "../../helpers/layer_parameters.ts";

Deno.test("resnetArchitecture() has the published size for 10 and 100 classes", () => {
  assert.equal(layerParameters(resnetArchitecture(10)), 11_209_290);
  assert.equal((4 * layerParameters(resnetArchitecture(10)) / 1e6).toFixed(2), "44.84");
  assert.equal((4 * layerParameters(resnetArchitecture(100)) / 1e6).toFixed(2), "45.02");
});

Deno.test("resnetArchitecture() has the published multiply-adds for a batch of 64", () => {
  const { multiplyAddsOfTool } = workOfLayers(resnetArchitecture(10), { height: 32, width: 32 });
  assert.equal((multiplyAddsOfTool / 1e6).toFixed(2), "178.07");
  assert.equal((64 * multiplyAddsOfTool / 1e9).toFixed(2), "11.40");
});

Deno.test("resnetArchitecture() is ResNet-18 behind a stem of two convolutions", () => {
  assert.equal(
    layerText(resnetArchitecture(10)),
    "64 64 M2/2 +[64 64; ] +[64 64; ] +[128/2 128; 1x128/2] +[128 128; ] " +
      "+[256/2 256; 1x256/2] +[256 256; ] +[512/2 512; 1x512/2] +[512 512; ] G (512>10)",
  );
  const convolutions = convolutionsOf(resnetArchitecture(10));
  assert.equal(convolutions.filter(({ name }) => !name.startsWith("stem")).length, 19);
  assert.deepEqual(convolutions.filter(({ bias }) => bias).map(({ name }) => name), [
    "stem1",
    "stem2",
  ]);
  assert.equal(convolutions.filter(({ norm }) => !norm).length, 3, "shortcuts have no norm");
  assert.equal(convolutionsOf(resnetArchitecture(10, [3, 4, 6, 3])).length, 2 + 32 + 3);
});

Deno.test("basicBlock() applies its last ReLU to the sum", () => {
  const block = basicBlock("b", { inputChannels: 8, outputChannels: 8, stride: 1 });
  assert.deepEqual(convolutionsOf([block]).map(({ activation }) => activation), ["relu", "none"]);
  assert.equal(block.activation, "relu");
});

Deno.test("resnetVariants: a depth counts two convolutions per block, the stem and the head once", () => {
  for (const [depth, blocks] of resnetVariants) {
    assert.equal(2 * blocks.reduce((sum, count) => sum + count, 0) + 2, depth);
    const layers = resnetArchitecture(10, blocks);
    // The stem is two convolutions here, and three stages have a shortcut.
    assert.equal(convolutionsOf(layers).length, depth - 2 + 2 + 3);
  }
  assert.deepEqual(resnetVariants.get(34), [3, 4, 6, 3]);
});
