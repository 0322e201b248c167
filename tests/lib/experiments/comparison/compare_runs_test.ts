import assert from "node:assert/strict";
import { join } from "node:path";
import { compareRuns } from "../../../../lib/experiments/comparison/compare_runs.ts";
import { runComparison } from "../../../../lib/experiments/comparison/run_comparison.ts";
import { runTraining } from "../../../../lib/experiments/run_training.ts";
import { CheckpointError } from "../../../../lib/errors.ts";
import { smallComparison, TEST_CONDITIONS } from "../../../helpers/small_comparison.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../../helpers/tiny_run.ts";

const OPTIONS = {
  measureSpeed: false,
  provenance: TEST_PROVENANCE,
  conditions: TEST_CONDITIONS,
};

Deno.test("compareRuns() puts runs that differ in their seed into one row", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const made = await runComparison(
      await smallComparison(join(folder, "runs"), { seeds: [3, 4] }),
    );
    const runs = made.comparison.rows[0]!.runs.map(({ runDirectory }) => runDirectory);
    const other = join(folder, "other");
    const config = tinyRunConfig({
      data: { images: 20, testImages: 10 },
      model: { name: "fixed-cnn" },
      training: { epochs: 1 },
    });
    const options = { runDirectory: other, resume: false, provenance: TEST_PROVENANCE };
    await runTraining(config, options);
    const comparison = await compareRuns([...runs, other], OPTIONS);
    assert.deepEqual(comparison.seeds, [1, 3, 4]);
    assert.equal(comparison.mode, "runs");
    assert.deepEqual(comparison.rows.map(({ runs, model }) => [model, runs.length]), [
      ["puppet-cnn", 2],
      ["fixed-cnn", 1],
    ]);
    for (const row of comparison.rows) {
      assert.equal(row.protocol, "none");
      assert.equal(row.paper, null);
      assert.match(row.mark!, /belongs to no protocol of the paper/);
      assert.notEqual(row.top1, null);
    }
    assert.equal(comparison.rows[0]!.top1!.n, 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("compareRuns() refuses a folder without a run", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(compareRuns([folder], OPTIONS), CheckpointError);
    await assert.rejects(compareRuns([join(folder, "none")], OPTIONS), /there is no run in it/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
