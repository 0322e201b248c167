import assert from "node:assert/strict";
import { renderCsv } from "../../../../lib/reports/csv/csv_table.ts";

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
