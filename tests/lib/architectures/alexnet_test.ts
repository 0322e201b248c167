import assert from "node:assert/strict";
import { alexnetArchitecture } from "../../../lib/architectures/alexnet.ts";
import { convolutionsOf } from "../../../lib/architectures/layer.ts";
import { layerParameters, layerText } from "../../helpers/layer_parameters.ts";

Deno.test("alexnetArchitecture() has the published size for 10 and 100 classes", () => {
  assert.equal(layerParameters(alexnetArchitecture(10)), 2_913_610);
  assert.equal((4 * layerParameters(alexnetArchitecture(10)) / 1e6).toFixed(2), "11.65");
  assert.equal((4 * layerParameters(alexnetArchitecture(100)) / 1e6).toFixed(2), "11.84");
});

Deno.test("alexnetArchitecture() pools after convolutions 1, 2 and 5, with bias and without norm", () => {
  const layers = alexnetArchitecture(10);
  assert.equal(
    layerText(layers),
    "64 M2/2 192 M2/2 384 256 256 M2/2 G (256>512) (512>512) (512>512) (512>10)",
  );
  assert.ok(convolutionsOf(layers).every(({ bias, norm }) => bias && !norm));
});
