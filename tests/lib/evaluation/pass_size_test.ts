import assert from "node:assert/strict";
import { PassSize } from "../../../lib/evaluation/pass_size.ts";

Deno.test("PassSize begins with a few images and then goes by the work of an image", () => {
  const pass = new PassSize(256, { name: "wasm" });
  assert.equal(pass.size, 4);
  pass.add(4, 4 * 3e8);
  assert.equal(pass.size, 3, "1e9 multiply-adds");
  pass.add(3, 3 * 1e7);
  assert.equal(pass.size, 100);
  const onFour = new PassSize(256, { name: "wasm", threads: 4 });
  onFour.add(4, 4 * 3e8);
  assert.equal(onFour.size, 13, "each thread gets as much");
});

Deno.test("PassSize is never above the batch, nor below one image", () => {
  const pass = new PassSize(2, { name: "wasm" });
  assert.equal(pass.size, 2);
  pass.add(2, 2);
  assert.equal(pass.size, 2);
  pass.add(1, 1e12);
  assert.equal(pass.size, 1);
  pass.add(1, 0);
  assert.equal(pass.size, 2, "a network that does no work is no reason to divide by zero");
});
