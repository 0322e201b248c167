import assert from "node:assert/strict";
import { join } from "node:path";
import { selectBackend } from "../../lib/backends/select_backend.ts";
import { runTraining } from "../../lib/runs/run_training.ts";
import { checkRemains } from "../../tasks/kill_test/check_run.ts";
import { killTraining } from "../../tasks/kill_test/kill_training.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../helpers/tiny_run.ts";
import { withFolder } from "../helpers/with_folder.ts";

Deno.test("a training that is killed at random moments and resumed equals the uninterrupted one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { kills, runs, compared } = await killTraining({ kills: 4, seed: 7, epochs: 12, folder });
    assert.equal(kills, 4);
    assert.ok(runs >= 1 && compared >= 15 * runs);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("checkRemains() takes a kill between a checkpoint's renaming and the pointer's move for what it is", () =>
  withFolder(async (run) => {
    await selectBackend("wasm");
    const options = { runDirectory: run, resume: false, provenance: TEST_PROVENANCE };
    await runTraining(tinyRunConfig(), options);
    const pointerOf = (name: string) => join(run, "checkpoints", name);
    const whole = await checkRemains(run);
    assert.deepEqual(whole.passedOver, []);
    await Deno.copyFile(pointerOf("previous"), pointerOf("last"));
    const { step, passedOver, litter } = await checkRemains(run);
    assert.ok(step! < whole.step!, `${step}`);
    assert.equal(passedOver.length, 1);
    assert.match(passedOver[0]!, /is newer than .*, to which the pointer last leads/);
    assert.equal(litter, 0);
  }));
