import assert from "node:assert/strict";
import { convolutionsOf, linearsOf } from "../../../lib/architectures/layer.ts";
import { vggArchitecture, vggVariants } from "../../../lib/architectures/vgg.ts";
import { layerParameters, layerText } from "../../helpers/layer_parameters.ts";

Deno.test("vggArchitecture() has the published size for 10 and 100 classes", () => {
  assert.equal(layerParameters(vggArchitecture(10)), 9_753_674);
  assert.equal((4 * layerParameters(vggArchitecture(10)) / 1e6).toFixed(2), "39.01");
  assert.equal((4 * layerParameters(vggArchitecture(100)) / 1e6).toFixed(2), "39.20");
});

Deno.test("vggArchitecture() is VGG-11 with norms in place of biases", () => {
  const layers = vggArchitecture(10);
  assert.equal(
    layerText(layers),
    "64 M2/2 128 M2/2 256 256 M2/2 512 512 M2/2 512 512 M2/2 G (512>512) (512>512) (512>10)",
  );
  assert.ok(convolutionsOf(layers).every(({ bias, norm }) => !bias && norm));
  assert.deepEqual(linearsOf(layers).map(({ activation }) => activation), ["relu", "relu", "none"]);
});

Deno.test("vggArchitecture() takes other rows, for other depths", () => {
  const layers = vggArchitecture(3, [16, 16, "M", 512]);
  assert.equal(layerText(layers), "16 16 M2/2 512 G (512>512) (512>512) (512>3)");
});

Deno.test("vggVariants are the published configurations: a depth counts convolutions and head", () => {
  for (const [depth, rows] of vggVariants) {
    const layers = vggArchitecture(10, rows);
    assert.equal(convolutionsOf(layers).length + linearsOf(layers).length, depth);
    assert.equal(rows.filter((row) => row === "M").length, 5);
  }
  assert.deepEqual([...vggVariants.keys()], [11, 13, 16, 19]);
});
