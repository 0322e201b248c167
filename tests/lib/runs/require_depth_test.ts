import assert from "node:assert/strict";
import { levelsOfModel } from "../../../lib/models/model_layers.ts";
import { requireDepth } from "../../../lib/runs/require_depth.ts";
import { TINY_MODEL } from "../../helpers/tiny_training.ts";

Deno.test("requireDepth() finds the level of a depth, and takes no image from its own where all have that depth", () => {
  const adaptive = levelsOfModel(TINY_MODEL);
  assert.equal(requireDepth(adaptive, 4, false), 1);
  assert.throws(() => requireDepth(adaptive, 4, true), /Cannot use depth 4 in exact mode/);
  assert.throws(() => requireDepth(adaptive, 7, false), /has networks of 3, 4, 5 layers/);
  // Depth is fixed, but the initial state follows the image: a level for all would be another network.
  const fixed = levelsOfModel({ ...TINY_MODEL, depthAdaptation: false });
  assert.ok(fixed.list.length > 1);
  assert.equal(requireDepth(fixed, TINY_MODEL.fixedDepth, true), undefined);
  assert.throws(() => requireDepth(fixed, 5, false), /has networks of 4 layers/);
});
