import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { describeGiven, isPlainObject } from "../../../lib/arguments/describe_given.ts";

Deno.test("describeGiven() says of anything what it is", () => {
  const cases: [value: unknown, text: string][] = [
    ...[[undefined, "undefined"], [null, "null"], [7, "7"], [NaN, "NaN"]] as [unknown, string][],
    ["2h", '"2h"'],
    ["a\nb", '"a\\nb"'],
    ["x".repeat(70), `"${"x".repeat(60)}..."`],
    [[1], "a list"],
    [{ a: 1 }, "an object"],
    [new Map(), "a Map"],
    [new URL("file:///a"), "a URL"],
    [new Uint8Array(3), "a Uint8Array"],
    [() => {}, "a function"],
    [Symbol("s"), "Symbol(s)"],
  ];
  for (const [value, text] of cases) assert.equal(describeGiven(value), text);
});

Deno.test("isPlainObject() takes what has keys of its own, from other realms too", () => {
  for (const value of [{}, { a: 1 }, Object.create(null), runInNewContext("({ a: 1 })")]) {
    assert.ok(isPlainObject(value));
  }
  class Options {
    readonly epochs = 3;
  }
  const others = [null, 5, "x", [], new Map(), new URL("file:///a"), new Options(), () => {}];
  for (const value of others) assert.ok(!isPlainObject(value), Deno.inspect(value));
});
