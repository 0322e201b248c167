import assert from "node:assert/strict";
import { renderFacts, renderTable } from "../../cli/text_table.ts";

Deno.test("renderTable() aligns columns to the widest cell", () => {
  const columns = [{ header: "class" }, { header: "n", align: "right" as const }];
  const text = renderTable(columns, [["automobile", "5"], ["cat", "1,000"]]);
  assert.equal(
    text,
    [
      "class           n",
      "----------  -----",
      "automobile      5",
      "cat         1,000",
    ].join("\n"),
  );
});

Deno.test("renderTable() leaves no blanks at the end of a line and fills missing cells", () => {
  assert.equal(renderTable([{ header: "a" }, { header: "b" }], [["1"]]), "a  b\n-  -\n1");
});

Deno.test("renderTable() lets no control character through", () => {
  assert.equal(renderTable([{ header: "a" }], [["x\x1b[31m\ny"]]), "a\n--------\nx?[31m y");
});

Deno.test("renderFacts() writes names and values without a head", () => {
  assert.equal(renderFacts([["run", "a"], ["steps", "3"]]), "run    a\nsteps  3");
});
