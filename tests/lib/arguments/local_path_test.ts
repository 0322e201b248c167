import assert from "node:assert/strict";
import { localPath } from "../../../lib/arguments/local_path.ts";

Deno.test("localPath() takes paths and file: URLs alone", () => {
  assert.equal(localPath(new URL("file:///a%20b/c"), "Cannot train: run"), "/a b/c");
  const refused: [given: unknown, message: RegExp][] = [
    [5, /^TypeError: Cannot train: run must be a path or a file: URL, current value is 5$/],
    [
      new URL("https://a.b/c"),
      /^TypeError: .*on this machine, current value is "https:\/\/a\.b\/c"/,
    ],
    [new URL("file:///a%2Fb"), /^TypeError: .*on this machine/],
    ["", /^RangeError: Cannot train: run must not be empty/],
  ];
  for (const [given, message] of refused) {
    assert.throws(() => localPath(given, "Cannot train: run"), message);
  }
});
