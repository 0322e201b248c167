import assert from "node:assert/strict";
import { describeOtherClasses } from "../../../lib/runs/other_classes.ts";

Deno.test("describeOtherClasses() names a few of what the model does not know, and of what it does", () => {
  const known = ["a", "b", "c"];
  assert.equal(
    describeOtherClasses(known, ["a", "d"]),
    "the images have d, which the model does not know; its classes are a, b, c; name them so, or leave the others out",
  );
  const hundred = Array.from({ length: 100 }, (_, index) => `class ${index}`);
  assert.match(
    describeOtherClasses(known, hundred),
    /have class 0, .*, class 4 and 95 more, which/,
  );
  assert.match(describeOtherClasses(hundred, known), /are class 0, .*, class 4 and 95 more; name/);
});
