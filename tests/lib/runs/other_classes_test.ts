import assert from "node:assert/strict";
import { describeOtherClasses } from "../../../lib/runs/other_classes.ts";

Deno.test("describeOtherClasses() says what lacks, what is strange, and that the order differs", () => {
  const known = ["a", "b", "c"];
  assert.match(describeOtherClasses(known, ["a", "c"]), /the images lack b; they must have all/);
  assert.match(
    describeOtherClasses(known, [...known, "d"]),
    /have d, which it does not know; they/,
  );
  assert.match(describeOtherClasses(known, ["a", "b", "d"]), /lack c, and have d, which it does/);
  assert.match(describeOtherClasses(known, ["b", "a", "c"]), /have them in another order/);
  const hundred = Array.from({ length: 100 }, (_, index) => `class ${index}`);
  assert.match(describeOtherClasses(hundred, ["a"]), /lack class 0, .*, class 4 and 95 more, and/);
});
