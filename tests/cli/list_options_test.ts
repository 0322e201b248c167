import assert from "node:assert/strict";
import { readPresets, readSeeds, readTables } from "../../cli/list_options.ts";

Deno.test("lists of options are read with blanks around their words, and refused where they say nothing", () => {
  assert.deepEqual(readPresets("vgg, puppet-cnn"), ["vgg", "puppet-cnn"]);
  assert.throws(() => readPresets(" , "), /names of presets/);
});

Deno.test("readSeeds() takes different numbers that a stream of random numbers has room for", () => {
  assert.deepEqual(readSeeds("3, 1,4294967295"), [3, 1, 4294967295]);
  for (const text of ["", "1,1", "1,01", "4294967296", "-1", "1.5", "1e3", "one"]) {
    assert.throws(() => readSeeds(text), /different whole numbers below 2\^32/, text);
  }
});

Deno.test("readTables() takes each table once, in the paper's order", () => {
  assert.deepEqual(readTables("3,1,3"), [1, 3]);
  assert.deepEqual(readTables("all"), [1, 2, 3, 4, 5, 6]);
  assert.throws(() => readTables("1,7"), /param-scaling --table 7/);
  for (const text of ["", "0", "8", "two"]) assert.throws(() => readTables(text), text);
});
