import assert from "node:assert/strict";
import { describePathFailure } from "../../../lib/files/path_failure.ts";

Deno.test("describePathFailure() has words for every path that the system or Deno refuses", async () => {
  const failureOf = async (action: () => Promise<unknown>) => {
    try {
      await action();
    } catch (error) {
      return describePathFailure(error);
    }
    throw new Error("nothing was refused");
  };
  assert.equal(await failureOf(() => Deno.stat("a\0b")), "its name holds a NUL character");
  assert.equal(await failureOf(() => Deno.stat("x".repeat(3000))), "its name is too long");
  // What Deno says without all permissions.
  assert.equal(describePathFailure(new Error("Empty path is not allowed")), "its name is empty");
  const refused = 'Requires all access to "/proc/1", run again with the --allow-all flag';
  assert.equal(
    describePathFailure(new Deno.errors.NotCapable(refused)),
    "it is a device or belongs to the system, not a file or folder of yours",
  );
});

Deno.test("describePathFailure() quotes the system where it has no words of its own", () => {
  const error = (message: string, code: string) => Object.assign(new Error(message), { code });
  assert.equal(
    describePathFailure(error("Read-only file system (os error 30): mkdir '/a'", "EROFS")),
    "its disk is read-only",
  );
  assert.equal(
    describePathFailure(error("Too many links (os error 31): link '/a'", "EMLINK")),
    'the system says "Too many links"',
  );
  // Codes of Node's own are no answers of the system.
  assert.equal(describePathFailure(error("x", "ERR_INVALID_ARG_TYPE")), null);
  assert.equal(describePathFailure(new RangeError("x")), null);
  assert.equal(
    describePathFailure(new Deno.errors.NotCapable('Requires read access to "a", run again')),
    null,
  );
});
