import assert from "node:assert/strict";
import { isPacked } from "../../tasks/pack_visit.ts";

Deno.test("isPacked() takes what is loaded and leaves other forms of the same code", () => {
  const loaded = [
    "package.json",
    "dist/tf.node.js",
    "dist/index.js",
    "dist/a.wasm",
    "registry.json",
  ];
  assert.deepEqual(loaded.filter(isPacked), loaded);
  const left = ["dist/tf.node.js.map", "dist/index.d.ts", "dist/tf.min.js", "dist/tf.es2017.js"];
  assert.deepEqual([...left, "dist/abs_test.js", "README.md"].filter(isPacked), []);
});
