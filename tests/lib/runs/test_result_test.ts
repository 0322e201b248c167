import assert from "node:assert/strict";
import { join } from "node:path";
import { selectBackend } from "../../../lib/backends/select_backend.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { testRun } from "../../../lib/runs/test_result.ts";
import { TEST_CONDITIONS } from "../../helpers/small_comparison.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";

Deno.test("testRun() gives the result, and says so, where the folder cannot keep it", () =>
  withFolder(async (folder) => {
    await selectBackend("wasm");
    const runDirectory = join(folder, "run");
    const config = tinyRunConfig({
      data: { images: 20, testImages: 10 },
      training: { epochs: 1, stepsPerEpoch: 1, statisticsImages: 8 },
    });
    await runTraining(config, { runDirectory, resume: false, provenance: TEST_PROVENANCE });
    const warnings: string[] = [];
    let isAway = false;
    const result = await testRun({
      ...{ runDirectory, conditions: TEST_CONDITIONS, speed: null, keep: true },
      // When the weights are read, the folder goes.
      report: (done) => {
        if (done > 0 && !isAway) Deno.renameSync(runDirectory, join(folder, "away"));
        isAway ||= done > 0;
      },
      warn: (text) => warnings.push(text),
    });
    assert.equal(result!.evaluation.figures.images, 10);
    assert.match(warnings.join("\n"), /^the result of .*run is not kept: .*test_result\.json/);
  }));
