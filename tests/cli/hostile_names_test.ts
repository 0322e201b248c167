import assert from "node:assert/strict";
import { join } from "node:path";
import { runCommand } from "../helpers/run_command.ts";
import { madeUpComparison } from "../helpers/made_up_comparison.ts";
import { madeUpEvaluation } from "../helpers/tiny_report.ts";

/** Clears the screen, sets the title, forges a line, turns the direction of reading. */
const NAME = "cat\x1b[2J\x1b]0;taken\x07\r\nerror: all is lost\u202egnp\u2066\x9b31m";

/** What must reach no terminal. */
const ACTING = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

function assertHarmless(text: string, what: string): void {
  for (const line of text.split("\n")) {
    assert.doesNotMatch(line, ACTING, what);
    assert.doesNotMatch(line, /^error: all is lost/, what);
  }
}

Deno.test("no name acts on a terminal or makes a line of its own, in any format of a report", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const evaluation = { ...madeUpEvaluation([NAME, "dog"]), runDirectory: `runs/${NAME}` };
    const comparison = { ...madeUpComparison(), title: NAME, notes: [NAME], argv: [NAME] };
    const paths = [join(folder, "eval.json"), join(folder, "table.json")];
    await Deno.writeTextFile(paths[0]!, JSON.stringify(evaluation));
    await Deno.writeTextFile(paths[1]!, JSON.stringify(comparison));
    for (const format of ["md", "csv", "html", "json"]) {
      const { code, stdout, stderr } = await runCommand(["report", ...paths, "--format", format]);
      assert.equal(code, 0, stderr);
      assertHarmless(stdout, format);
      assertHarmless(stderr, format);
      if (format === "json") {
        assert.deepEqual(JSON.parse(stdout).sources[0].content, evaluation);
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a folder or file of a hostile name makes one harmless line of an error", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const hostile = join(folder, NAME);
    await Deno.mkdir(hostile);
    const cases = [
      ["report", hostile],
      ["eval", hostile],
      ["export", hostile, join(folder, "out")],
      ["predict", hostile, "x.png"],
      ["train", "--resume", hostile],
      ["train", "--config", join(hostile, "x.yaml")],
      ["train", "--dataset", "folder", "--data", hostile, "--dry-run", "--backend", "cpu"],
      ["report", folder, "--output", join(hostile, NAME, "x.html")],
      ["models", NAME],
      [NAME],
      ["models", `--${NAME}`],
    ];
    for (const argv of cases) {
      const { code, stdout, stderr } = await runCommand(argv);
      assert.ok(code >= 2 && code <= 4, `${argv[0]}: ${code}\n${stderr}`);
      assert.equal(stdout, "");
      assertHarmless(stderr, argv.join(" "));
      assert.equal(stderr.match(/^error: /gm)?.length, 1, stderr);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
