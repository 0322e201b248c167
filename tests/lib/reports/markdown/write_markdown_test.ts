import assert from "node:assert/strict";
import { writeMarkdown } from "../../../../lib/reports/markdown/write_markdown.ts";
import type { ReportDocument } from "../../../../lib/reports/report_document.ts";

Deno.test("writeMarkdown() fences code with more signs than it holds", () => {
  const blocks = [{ kind: "code", caption: "Made by", text: "train --run ````x" }];
  const part = { title: "Run", subtitle: "", sections: [{ title: "Origin", blocks }] };
  const document = { title: "Report", parts: [part] } as unknown as ReportDocument;
  assert.match(writeMarkdown(document), /\n`{5}\ntrain --run ````x\n`{5}$/);
});
