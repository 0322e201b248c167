import assert from "node:assert/strict";
import { compareOverrides, computationOf } from "../../cli/compare_overrides.ts";

Deno.test("compareOverrides() takes the images that are held out beside those to train on", () => {
  const overrides = compareOverrides({
    trainImages: 8000,
    math: "bfloat16",
    set: ["backend=wasm"],
  });
  assert.deepEqual(overrides.map(({ path, value }) => [path, value]), [
    ["math", "bfloat16"],
    ["data.images", 10_000],
    ["data.validationFraction", 0.2],
    ["backend", "wasm"],
  ]);
});

Deno.test("computationOf() finds backend and arithmetic by whatever option they were given", async () => {
  assert.deepEqual(await computationOf({}), { name: "auto", math: "float32" });
  const set = ["backend=tensorflow", "math=bfloat16", "training.epochs=2"];
  assert.deepEqual(await computationOf({ set }), { name: "tensorflow", math: "bfloat16" });
});
