import assert from "node:assert/strict";
import { buildReport } from "../../../lib/reports/build_report.ts";
import { madeUpEvaluation } from "../../helpers/tiny_report.ts";
import type { ReportSource } from "../../../lib/reports/build_report.ts";

Deno.test("buildReport() gives no two parts one title: lines of CSV have nothing else to be told apart by", () => {
  const content = madeUpEvaluation(["cat", "dog"]);
  const sourceOf = (origin: string): ReportSource => ({ kind: "evaluation", content, origin });
  const titles = (...origins: string[]) =>
    buildReport(origins.map(sourceOf)).parts.map(({ title }) => title);
  const [title] = titles("test.json");
  assert.deepEqual(titles("test.json", "validation.json"), [
    `${title} (test.json)`,
    `${title} (validation.json)`,
  ]);
});
