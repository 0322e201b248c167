import assert from "node:assert/strict";
import { join } from "node:path";
import { runEvaluation } from "../../lib/runs/run_evaluation.ts";
import { readMetricsLog } from "../../lib/training/metrics_log.ts";
import { runCommand } from "../helpers/run_command.ts";
import { madeUpEvaluation, withTinyRun } from "../helpers/tiny_report.ts";
import { madeUpComparison } from "../helpers/made_up_comparison.ts";

/** Writes documents and gives their folder to the body. */
async function withDocuments(
  documents: Readonly<Record<string, unknown>>,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(documents)) {
      const text = typeof content === "string" ? content : JSON.stringify(content);
      await Deno.writeTextFile(join(folder, name), text);
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("report makes a page of a run, and its JSON holds the run's own figures", async () => {
  await withTinyRun(async (run) => {
    const page = join(run, "..", "page.html");
    const made = await runCommand(["report", run, "--output", page, "--backend", "cpu"]);
    assert.equal(made.code, 0, made.stderr);
    assert.equal(made.stdout, "");
    assert.match(made.stderr, /wrote .*page\.html, [\d,]+ bytes/);
    const html = await Deno.readTextFile(page);
    assert.ok(html.includes("&lt;b&gt;cat") && !html.includes("<b>cat"));

    const again = await runCommand(["report", run, "--output", page, "--backend", "cpu"]);
    assert.equal(again.code, 2);
    assert.match(again.stderr, /the file is there; name another, or replace it with --force/);
    assert.equal(await Deno.readTextFile(page), html);

    const json = await runCommand(["report", run, "--json", "--quiet", "--backend", "cpu"]);
    assert.equal(json.code, 0, json.stderr);
    const report = JSON.parse(json.stdout);
    const evaluation = await runEvaluation({
      runDirectory: run,
      checkpoint: "auto",
      part: "test",
      batchSize: 128,
      exact: false,
    });
    assert.equal(report.evaluation.figures.top1, evaluation.figures.top1);
    assert.deepEqual(report.evaluation.figures.confusion, evaluation.figures.confusion);
    assert.deepEqual(report.epochs, await readMetricsLog(run));
    assert.ok(html.includes(`<data value="${report.epochs[0].trainLoss}">`));
  });
});

Deno.test("report takes an evaluation that was made before, and evaluates nothing", async () => {
  await withTinyRun(async (run) => {
    const evaluation = { ...madeUpEvaluation(["a", "b"]), runDirectory: run };
    const path = join(run, "..", "eval.json");
    await Deno.writeTextFile(path, JSON.stringify(evaluation));
    const { code, stdout, stderr } = await runCommand(
      ["report", run, path, "--json", "--backend", "cpu"],
    );
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout).evaluation, evaluation);
    assert.match(stderr, /The evaluation shown is of step-99999999/);
  });
});

Deno.test("report knows an evaluation of another training in the same folder", async () => {
  await withTinyRun(async (run) => {
    const folder = join(run, "..");
    const made = await runCommand(["eval", run, "--json", "--quiet", "--backend", "cpu"]);
    const own = JSON.parse(made.stdout);
    assert.match(own.manifestSha256, /^[0-9a-f]{64}$/);
    const figures = { ...own.figures, top1: 0.123 };
    const other = { ...own, manifestSha256: "0".repeat(64), figures };
    for (const [name, content] of Object.entries({ "own.json": own, "other.json": other })) {
      await Deno.writeTextFile(join(folder, name), JSON.stringify(content));
    }
    const argv = ["report", run, join(folder, "other.json"), "--json", "--backend", "cpu"];
    const { stdout, stderr } = await runCommand([...argv, "--no-images"]);
    assert.match(
      stderr,
      /other\.json is of another training: the step-\d+ that .* holds now is not/,
    );
    const [report, alone] = JSON.parse(stdout).sources.map(
      ({ content }: { content: unknown }) => content,
    );
    assert.equal(report.evaluation.figures.top1, own.figures.top1);
    assert.equal(alone.figures.top1, 0.123);
    const both = await runCommand([...argv, join(folder, "own.json")]);
    const [first, ...others] = JSON.parse(both.stdout).sources;
    assert.deepEqual(first.content.evaluation, own);
    assert.equal(others.length, 1);
  });
});

Deno.test("report takes no evaluation of other images, or at a depth that was chosen by hand, for the run's own", async () => {
  await withTinyRun(async (run) => {
    const own = { ...madeUpEvaluation(["a", "b"]), runDirectory: run };
    const folder = join(run, "..");
    const others = {
      "depth.json": { ...own, depth: 7 },
      "exact.json": { ...own, exact: !own.exact },
      "validation.json": { ...own, part: "validation" },
    };
    for (const [name, content] of Object.entries({ ...others, "own.json": own })) {
      await Deno.writeTextFile(join(folder, name), JSON.stringify(content));
    }
    const paths = [...Object.keys(others), "own.json"].map((name) => join(folder, name));
    const argv = ["report", run, ...paths, "--json", "--backend", "cpu"];
    const { code, stdout, stderr } = await runCommand(argv);
    assert.equal(code, 0, stderr);
    const contents = JSON.parse(stdout).sources
      .map(({ content }: { content: { evaluation?: unknown } }) => content.evaluation ?? content);
    assert.deepEqual(contents, [own, ...Object.values(others)]);
  });
});

Deno.test("report writes documents as Markdown and as CSV, every figure once and unrounded", async () => {
  const evil = madeUpEvaluation(["a|b", "#*c*", "d", "e", "f", "g"]);
  const documents = { "eval.json": evil, "table.json": madeUpComparison() };
  await withDocuments(documents, async (folder) => {
    const paths = [join(folder, "eval.json"), join(folder, "table.json")];
    const text = await runCommand(["report", ...paths, "--format", "md"]);
    assert.equal(text.code, 0, text.stderr);
    assert.match(text.stdout, /^# Report on 2 documents\n\n## Evaluation of made-up\n/);
    assert.ok(text.stdout.includes("| Puppet-CNN | 61.23 % \u00b1 1.23, 3 runs | 72.51 % |"));
    assert.ok(text.stdout.includes("a\\|b"));
    const csv = await runCommand(["report", ...paths, "--format", "csv"]);
    assert.equal(csv.code, 0, csv.stderr);
    const lines = csv.stdout.split("\n");
    assert.equal(lines[0], "part,section,block,row,column,value");
    assert.ok(lines.includes("Evaluation of made-up,Result,figures,Top-5,value,0.987654321"));
    assert.ok(
      lines.includes(
        "Table 1: Puppet-CNN and others (NOT THE FULL PROTOCOL),Result,Ours beside the paper,Puppet-CNN,Top-1,0.61234",
      ),
    );
  });
});

Deno.test("report shows once what is named in several ways, also through links", () =>
  withDocuments({ "a.json": madeUpEvaluation(["a", "b"]) }, async (folder) => {
    await Deno.symlink("a.json", join(folder, "link.json"));
    const argv = ["report", "a.json", "./a.json", "link.json", "--json", "--quiet"];
    const { code, stdout, stderr } = await runCommand(argv, { cwd: folder });
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), madeUpEvaluation(["a", "b"]));
  }));

Deno.test("a page of the installed program names that program", () =>
  withDocuments({ "table.json": madeUpComparison() }, async (folder) => {
    for (
      const [main, program] of [["cli/puppet-cnn.ts", "puppet-cnn"], [
        "main.ts",
        "deno task puppet",
      ]]
    ) {
      const argv = ["report", "table.json", "--format", "html"];
      const { code, stdout, stderr } = await runCommand(argv, { cwd: folder, main: main! });
      assert.equal(code, 0, stderr);
      assert.ok(stdout.includes(`This page: ${program} report table.json --format html<`));
      assert.ok(stdout.includes(`>${program} compare `));
    }
  }));

Deno.test("report refuses what it cannot show, and leaves no file", async () => {
  const documents = { "list.json": {}, "rows.json": [{ index: 0 }], "broken.json": "{" };
  await withDocuments(documents, async (folder) => {
    const output = join(folder, "page.html");
    await Deno.mkdir(join(folder, "sweep"));
    await Deno.writeTextFile(join(folder, "sweep", "plan.json"), "{}");
    const cases = [
      [["nowhere"], 4, /there is no such folder or file/],
      [[join(folder, "broken.json")], 3, /it is not JSON/],
      [[join(folder, "list.json")], 3, /it is no document of eval/],
      [[folder], 4, /config\.yaml does not exist/],
      ...[
        ...["--test-images 5", "--data x", "--checkpoint last", "--backend cpu", "--threads 2"],
        ...["--math float32", "--no-images", "--no-eval"],
      ].map((words) =>
        [
          [join(folder, "list.json"), ...words.split(" ")],
          2,
          /Cannot use --.* without a run/,
        ] as const
      ),
      [[join(folder, "rows.json")], 3, /it is a list, as predict, models and sweep status write/],
      [[join(folder, "sweep")], 4, /the folder of a sweep; ".* sweep results .*sweep" shows/],
    ] as const;
    for (const [argv, expected, message] of cases) {
      const { code, stderr } = await runCommand(["report", ...argv, "--output", output]);
      assert.equal(code, expected, stderr);
      assert.match(stderr, message);
      assert.ok(![...Deno.readDirSync(folder)].some(({ name }) => name.startsWith("page")));
    }
  });
});
