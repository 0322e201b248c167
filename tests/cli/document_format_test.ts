import assert from "node:assert/strict";
import { checkPageName, chosenFormat } from "../../cli/document_format.ts";
import { UsageError } from "../../lib/errors.ts";
import { runCommand } from "../helpers/run_command.ts";

const CHOICE = { formats: ["text", "md", "csv", "json", "html", "svg"], fallback: "text" } as const;

Deno.test("chosenFormat() takes the ending of the file, in any case of letters", () => {
  const cases = [
    ["a.md", "md"],
    ["a.markdown", "md"],
    ["a.b.CSV", "csv"],
    ["a.Json", "json"],
    ["a.html", "html"],
    ["a.htm", "html"],
    ["a.svg", "svg"],
    ["a.txt", "text"],
    ["folder.svg/a", "text"],
    ["a", "text"],
  ] as const;
  for (const [output, format] of cases) assert.equal(chosenFormat({ output }, CHOICE), format);
  assert.equal(chosenFormat({ output: "a", format: "svg" }, CHOICE), "svg");
  assert.equal(chosenFormat({ output: "a.md", format: "md" }, CHOICE), "md");
  assert.equal(chosenFormat({ json: true }, CHOICE), "json");
});

Deno.test("chosenFormat() refuses contradictions and endings of something else", () => {
  const cases = [
    [{ json: true, format: "md" }, /--json with --format md/],
    [{ output: "a.svg", format: "csv" }, /a\.svg as csv: its ending stands for svg/],
    [{ output: "a.csv", json: true }, /a\.csv as json: .* leave --json out/],
    [{ output: "a.pdf" }, /the ending \.pdf stands for nothing .* \.csv, .*or none/],
    [{ output: "a.constructor" }, /the ending \.constructor stands for nothing/],
    [{ output: "a.tsv", format: "csv" }, /the ending \.tsv stands for nothing/],
  ] as const;
  for (const [options, message] of cases) {
    assert.throws(() => chosenFormat(options, CHOICE), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  }
  const few = { formats: ["text", "json"], fallback: "text" } as const;
  assert.throws(() => chosenFormat({ output: "a.svg" }, few), /it can be \.txt, \.json, or none/);
  assert.throws(() => checkPageName("a.json"), /it can be \.html, \.htm, or none/);
  checkPageName("a.HTML");
});

const BEGINNINGS: Readonly<Record<string, RegExp>> = {
  ".svg": /^<svg /,
  ".csv": /^table,name,/,
  ".md": /^## |^# /,
  ".json": /^\{\n {2}"kind": "parameter-scaling"/,
  ".html": /^<!doctype html>/,
  ".txt": /^\S/,
};

Deno.test("a file gets what its name says", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const [ending, beginning] of Object.entries(BEGINNINGS)) {
      const output = `${folder}/t7${ending}`;
      const { code, stderr } = await runCommand([
        ...["param-scaling", "--table", "7", "--channels", "64", "--output", output],
      ]);
      assert.equal(code, 0, stderr);
      assert.match(await Deno.readTextFile(output), beginning);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a file that says something else is refused before any work, by every command that writes one", async () => {
  const commands = [
    ["param-scaling"],
    ["analyze-depth", "--data", "no-such-folder"],
    ["compare", "--table", "5", "--data", "no-such-folder"],
    ["report", "no-such-run"],
  ];
  for (const command of commands) {
    const cases = [
      [["--output", "no-such-folder/x.pdf"], /the ending \.pdf stands for nothing/],
      [["--output", "no-such-folder/x.csv", "--format", "md"], /its ending stands for csv/],
      ...command[0] === "report" ? [] : [
        [["--report", "no-such-folder/x.pdf"], /the ending \.pdf stands for nothing/] as const,
      ],
    ] as const;
    for (const [argv, message] of cases) {
      const { code, stdout, stderr } = await runCommand([...command, ...argv]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.equal(stdout, "");
    }
  }
});
