import assert from "node:assert/strict";
import stringWidth from "string-width";
import { layOutFacts, layOutTable, wrapText } from "../../../../lib/reports/text/lay_out_table.ts";

const right = (header: string) => ({ header, align: "right" as const });

Deno.test("layOutTable() aligns columns to the widest cell", () => {
  const columns = [{ header: "class" }, right("n")];
  const text = layOutTable(columns, [["automobile", "5"], ["cat", "1,000"]]);
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

Deno.test("layOutTable() aligns what takes two places, or none", () => {
  const lines = layOutTable([{ header: "class" }, right("n")], [
    ["\u732b", "1"],
    ["\ud83d\udc08", "22"],
    ["cafe\u0301", "333"],
  ]).split("\n");
  for (const line of lines) assert.equal(stringWidth(line), 10, line);
});

Deno.test("layOutTable() leaves no blanks at the end of a line and fills missing cells", () => {
  assert.equal(layOutTable([{ header: "a" }, { header: "b" }], [["1"]]), "a  b\n-  -\n1");
});

Deno.test("layOutTable() lets no control character through", () => {
  const text = layOutTable([{ header: "a" }], [["x\x1b[31m\ny"]]);
  assert.equal(text, "a\n--------\nx?[31m y");
});

Deno.test("layOutTable() wraps headers before cells, and cells before it parts the table", () => {
  const columns = [{ header: "name" }, right("images of the class"), { header: "source" }];
  const rows = [["cat", "1,000", "a book of many words"]];
  assert.equal(layOutTable(columns, rows).split("\n")[0], "name  images of the class  source");
  assert.equal(
    layOutTable(columns, rows, 35),
    [
      "      images",
      "      of the",
      "name   class  source",
      "----  ------  --------------------",
      "cat    1,000  a book of many words",
    ].join("\n"),
  );
  const narrow = layOutTable(columns, rows, 32).split("\n");
  assert.ok(narrow.every((line) => line.length <= 32), narrow.join("\n"));
  assert.deepEqual(narrow.slice(-2), ["cat    1,000  a book of many", "              words"]);
});

Deno.test("layOutTable() parts a table that is too wide, and names the rows in every part", () => {
  const columns = [{ header: "class" }, ...Array.from({ length: 30 }, (_, at) => right(`n${at}`))];
  const rows = ["cat", "dog"].map((name, row) => [
    name,
    ...Array.from({ length: 30 }, (_, at) => String(1000 * row + at)),
  ]);
  const text = layOutTable(columns, rows, 60);
  const parts = text.split("\n\n");
  assert.ok(parts.length > 1);
  assert.ok(text.split("\n").every((line) => line.length <= 60));
  for (const part of parts) assert.match(part, /^class .*\n-+ .*\ncat .*\ndog /);
  const cells = new Set(text.match(/\d+/g));
  for (const cell of rows.flatMap((row) => row.slice(1))) assert.ok(cells.has(cell), cell);
});

Deno.test("layOutTable() breaks a long word before it parts the table, and no word without need", () => {
  const path = "/a/very/long/path/that/somebody/wants/to/copy.png";
  const columns = [{ header: "image" }, { header: "class" }, right("probability")];
  const rows = [[path, "automobile", "84.13 %"]];
  assert.ok(layOutTable(columns, rows, 80).includes(`${path}  automobile`));
  const narrow = layOutTable(columns, rows, 60);
  assert.doesNotMatch(narrow, /\n\n/);
  assert.ok(narrow.split("\n").every((line) => line.length <= 60), narrow);
  const first = narrow.split("\n").slice(2).map((line) => line.slice(0, 35).trim()).join("");
  assert.equal(first, path);
});

Deno.test("layOutFacts() writes names and values without a head", () => {
  assert.equal(layOutFacts([["run", "a"], ["steps", "3"]]), "run    a\nsteps  3");
});

Deno.test("wrapText() fills lines and keeps every word", () => {
  assert.deepEqual(wrapText("one two  three four", 9), ["one two", "three", "four"]);
  assert.deepEqual(wrapText("", 9), [""]);
});
