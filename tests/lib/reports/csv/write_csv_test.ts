import assert from "node:assert/strict";
import { writeCsv } from "../../../../lib/reports/csv/write_csv.ts";
import { numbers, tableOf, words } from "../../../../lib/reports/table.ts";
import type { ReportDocument } from "../../../../lib/reports/report_document.ts";

Deno.test("writeCsv() has a line for every figure under its own heading, unrounded", () => {
  const rows = [{ name: "a", top1: 0.123456 }, { name: "b", top1: null }];
  const table = tableOf("Figures", rows, [
    words("run", ({ name }) => ({ value: name, text: name })),
    numbers("Top-1", ({ top1 }) => ({ value: top1, text: "12 %" })),
    numbers("label", (_, at) => ({ value: at, text: `${at}` })),
  ]);
  const confusion = { kind: "confusion", classNames: ["cat", "dog"], counts: [[5, 1], [0, 7]] };
  const sections = [{ title: "Result", blocks: [table, confusion] }];
  const document = { parts: [{ title: "Run", subtitle: "", sections }] };
  assert.deepEqual(writeCsv(document as unknown as ReportDocument).split("\n"), [
    "part,section,block,row,column,value",
    "Run,Result,Figures,a,Top-1,0.123456",
    "Run,Result,Figures,a,label,0",
    "Run,Result,Figures,b,Top-1,",
    "Run,Result,Figures,b,label,1",
    "Run,Result,Confusion matrix,cat,cat,5",
    "Run,Result,Confusion matrix,cat,dog,1",
    "Run,Result,Confusion matrix,dog,cat,0",
    "Run,Result,Confusion matrix,dog,dog,7",
  ]);
});
