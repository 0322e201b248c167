import assert from "node:assert/strict";
import { renderMarkdownTable } from "../../../../lib/reports/markdown/markdown_text.ts";

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
