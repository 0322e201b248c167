import assert from "node:assert/strict";
import { defaultConfig } from "../../../lib/configuration/experiment_config.ts";
import { waysOfGeneration } from "../../../lib/runs/ways_of_generation.ts";
import { countRow } from "../../../lib/paper/count_row.ts";

const { model } = defaultConfig();

Deno.test("waysOfGeneration() keeps no kernels of a model that has others for every image", () => {
  assert.deepEqual(waysOfGeneration(model), ["banked", "per-image"]);
  assert.deepEqual(waysOfGeneration({ ...model, exact: true }), ["per-image"]);
  assert.deepEqual(waysOfGeneration({ ...model, name: "vgg" }), ["banked"]);
  const idle = { ...model, exact: true, parameterAdaptation: false };
  assert.deepEqual(waysOfGeneration(idle), ["banked", "per-image"], "one trajectory for all");
});

Deno.test("a row counts the whole generation for every image of an exact model", async () => {
  const shared = await countRow({ model, classes: 10, side: 32 });
  const exact = await countRow({ model: { ...model, exact: true }, classes: 10, side: 32 });
  assert.equal(shared.amortizedPerImage, shared.forwardPerImage + shared.generationPerLevel / 64);
  assert.equal(exact.amortizedPerImage, exact.forwardPerImage + exact.generationPerLevel);
});
