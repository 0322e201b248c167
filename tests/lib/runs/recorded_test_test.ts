import assert from "node:assert/strict";
import { join } from "node:path";
import { compareRuns } from "../../../lib/paper/compare_runs.ts";
import { readRecordedTest } from "../../../lib/runs/recorded_test.ts";
import { runEvaluation } from "../../../lib/runs/run_evaluation.ts";
import { readRunProgress } from "../../../lib/runs/run_progress.ts";
import { repositoryRoot } from "../../helpers/run_command.ts";
import { TEST_CONDITIONS } from "../../helpers/small_comparison.ts";
import { collectTiny, withTinyRun } from "../../helpers/tiny_report.ts";
import { TEST_PROVENANCE } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import type { DataPart } from "../../../lib/datasets/data_part.ts";
import type { EvaluationSummary } from "../../../lib/runs/run_types.ts";

const OPTIONS = {
  measureSpeed: false,
  provenance: TEST_PROVENANCE,
  conditions: TEST_CONDITIONS,
};

function evaluate(runDirectory: string, part: DataPart): Promise<EvaluationSummary> {
  return runEvaluation({ runDirectory, checkpoint: "auto", part, batchSize: 64, exact: false });
}

/** What a repository keeps of a run: everything but the weights. */
async function copyRecord(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for (const name of ["config.yaml", "log.jsonl"]) {
    await Deno.copyFile(join(from, name), join(to, name));
  }
}

Deno.test("readRecordedTest() gives what compare kept, and what eval printed, of a run without weights", async () => {
  await withFolder((folder) =>
    withTinyRun(async (run) => {
      const figures = await evaluate(run, "test");
      const { comparison: before } = await compareRuns([run], OPTIONS);
      const { top1, loss } = before.rows[0]!.runs[0]!.figures!;
      assert.equal(top1, figures.figures.top1);
      const { count } = await collectTiny(run);
      const [kept, printed] = [join(folder, "kept"), join(folder, "printed")];
      await copyRecord(run, kept);
      await Deno.copyFile(join(run, "test_result.json"), join(kept, "test_result.json"));
      await copyRecord(run, printed);
      await Deno.writeTextFile(join(printed, "evaluation.json"), JSON.stringify(figures));
      for (const directory of [kept, printed]) {
        const { comparison } = await compareRuns([directory], OPTIONS);
        const [row] = comparison.rows;
        assert.equal(row!.runs[0]!.state, "recorded");
        assert.equal(row!.runs[0]!.epochs, before.rows[0]!.runs[0]!.epochs);
        assert.deepEqual([row!.runs[0]!.figures!.top1, row!.runs[0]!.figures!.loss], [top1, loss]);
        assert.deepEqual(row!.runs[0]!.validations, before.rows[0]!.runs[0]!.validations);
        assert.ok(comparison.notes.some((note) => /the weights were not kept/.test(note)));
        assert.ok(!comparison.notes.some((note) => /measures a run again/.test(note)));
        const report = await collectTiny(directory);
        assert.equal(report.evaluation!.figures.top1, top1);
        assert.deepEqual(report.count, count);
        assert.match(report.missing.join(" "), /Weights: they were not kept; .* were recorded/);
      }
    })
  );
});

Deno.test("readRecordedTest() takes no figures where weights can be asked, nor of other images, nor damaged ones", async () => {
  await withFolder((folder) =>
    withTinyRun(async (run) => {
      const test = JSON.stringify(await evaluate(run, "test"));
      const validation = JSON.stringify(await evaluate(run, "validation"));
      const record = join(folder, "record");
      await copyRecord(run, record);
      for (const text of [validation, test.slice(0, -40), "[]"]) {
        await Deno.writeTextFile(join(record, "evaluation.json"), text);
        assert.equal(await readRecordedTest(record), null);
        const { comparison } = await compareRuns([record], OPTIONS);
        assert.deepEqual(
          comparison.rows.map(({ top1, runs }) => [top1, runs[0]!.state]),
          [[null, "unfinished"]],
        );
      }
      await Deno.writeTextFile(join(record, "evaluation.json"), test);
      assert.notEqual(await readRecordedTest(record), null);
      await Deno.mkdir(join(record, "checkpoints"));
      assert.notEqual(await readRecordedTest(record), null, "an empty folder holds no weights");
      // A damaged checkpoint is for whoever loads it to report.
      await Deno.writeTextFile(join(record, "checkpoints", "last"), "step-00000001");
      assert.equal(await readRecordedTest(record), null);
    })
  );
});

Deno.test("readRunProgress() has the best validation of the checkpoint, and of the log where there is none", async () => {
  await withFolder((folder) =>
    withTinyRun(async (run) => {
      const { best } = (await readRunProgress(run))!;
      assert.notEqual(best, null);
      const record = join(folder, "record");
      await copyRecord(run, record);
      assert.deepEqual((await readRunProgress(record))!.best, best);
      // A run that goes on with other images has validated none of these yet: those of the log are of the others.
      const last = await Deno.readTextFile(join(run, "checkpoints", "last"));
      const file = join(run, "checkpoints", last.trim(), "checkpoint.json");
      const card = JSON.parse(await Deno.readTextFile(file));
      await Deno.writeTextFile(
        file,
        JSON.stringify({ ...card, progress: { ...card.progress, best: null } }),
      );
      assert.equal((await readRunProgress(run))!.best, null);
      assert.equal((await collectTiny(run, { evaluate: false })).best, null);
    })
  );
});

Deno.test("compareRuns() averages no recorded figures of other images", async () => {
  await withFolder((folder) =>
    withTinyRun(async (run) => {
      const figures = await evaluate(run, "test");
      const seeds = [1, 2, 3].map((seed) => join(folder, `${seed}`));
      for (const [at, directory] of seeds.entries()) {
        await copyRecord(run, directory);
        const config = await Deno.readTextFile(join(directory, "config.yaml"));
        const seeded = config.replace(/^( +seed: )\d+/m, `$1${at + 1}`);
        await Deno.writeTextFile(join(directory, "config.yaml"), seeded);
        const fingerprint = at < 2 ? figures.fingerprint : "0123456789abcdef";
        const text = JSON.stringify({ ...figures, fingerprint });
        await Deno.writeTextFile(join(directory, "evaluation.json"), text);
      }
      const { comparison } = await compareRuns(seeds, OPTIONS);
      assert.deepEqual(comparison.rows.map(({ top1 }) => top1!.n), [2, 1]);
      assert.ok(comparison.notes.some((note) => note.startsWith("TESTED ON DIFFERENT IMAGES")));
    })
  );
});

Deno.test("readRecordedTest() reads every run of this repository's results", async () => {
  for (const parent of ["results", "results/tables"]) {
    for await (const { name, isDirectory } of Deno.readDir(join(repositoryRoot, parent))) {
      const folder = join(repositoryRoot, parent, name);
      const read = (file: string) => Deno.readTextFile(join(folder, file)).catch(() => null);
      const [config, evaluation] = [await read("config.yaml"), await read("evaluation.json")];
      if (!isDirectory || config === null || evaluation === null) continue;
      const recorded = await readRecordedTest(folder);
      assert.equal(recorded?.evaluation.figures.top1, JSON.parse(evaluation).figures.top1, folder);
    }
  }
});
