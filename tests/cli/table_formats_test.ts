import assert from "node:assert/strict";
import { renderCsv, renderMarkdownTable } from "../../cli/table_formats.ts";

Deno.test("renderCsv() keeps names texts that a spreadsheet would take for formulas, and numbers numbers", () => {
  const csv = renderCsv(["class", "x"], [
    ["=1+cmd", -1.5],
    ["@SUM(A1,A2)", "-1.5e-7"],
    ["-2+3", "-"],
    ["+cat", true],
  ]);
  assert.equal(
    csv,
    ["class,x", "'=1+cmd,-1.5", `"'@SUM(A1,A2)",-1.5e-7`, "'-2+3,-", "'+cat,1"].join("\n"),
  );
});

Deno.test("renderMarkdownTable() lets no name become markup", () => {
  const table = renderMarkdownTable([{ header: "a_b" }], [
    ["<img src=x onerror=alert(1)>"],
    ["[a](b)\n|`c`"],
  ]);
  assert.equal(
    table,
    [
      "| a\\_b |",
      "| --- |",
      "| \\<img src=x onerror=alert(1)\\> |",
      "| \\[a\\](b) \\|\\`c\\` |",
    ].join("\n"),
  );
});
