import assert from "node:assert/strict";
import { convolutionsOf, linearsOf } from "../../../lib/architectures/layer.ts";
import { squeezenetArchitecture } from "../../../lib/architectures/squeezenet.ts";
import { layerParameters, layerText } from "../../helpers/layer_parameters.ts";

Deno.test("squeezenetArchitecture() has the published size, and the trunk of SqueezeNet 1.1", () => {
  const layers = squeezenetArchitecture(10);
  assert.equal(layerParameters(layers), 990_282);
  assert.equal((4 * layerParameters(layers) / 1e6).toFixed(2), "3.96");
  assert.equal(layerParameters(layers) - layerParameters(linearsOf(layers)), 722_496);
  assert.equal(layerParameters(squeezenetArchitecture(100)), 990_282 + 90 * 513);
});

Deno.test("squeezenetArchitecture() squeezes, expands by 1x1 and 3x3 and joins, without norms", () => {
  const layers = squeezenetArchitecture(10);
  assert.ok(
    layerText(layers).startsWith(
      "64 M3/2 1x16 |[1x64; 64] 1x16 |[1x64; 64] M3/2 1x32 |[1x128; 128] 1x32 |[1x128; 128] M3/2",
    ),
  );
  assert.ok(convolutionsOf(layers).every(({ bias, norm }) => bias && !norm));
  assert.equal(layers.filter(({ kind }) => kind === "concatenation").length, 8);
});
