import assert from "node:assert/strict";
import { join } from "node:path";
import { selectBackend } from "../../../lib/backends/select_backend.ts";
import { lockRunFolder } from "../../../lib/checkpoints/run_lock.ts";
import { readAttempts } from "../../../lib/sweeps/attempts.ts";
import { runRowTask } from "../../../lib/sweeps/run_row_task.ts";
import type { SweepPlan } from "../../../lib/sweeps/sweep_plan.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";

Deno.test("runRowTask() leaves a run to the process that trains it for another sweep, and goes on later", () =>
  withFolder(async (folder) => {
    await selectBackend("wasm");
    const config = tinyRunConfig({
      data: { images: 20, testImages: 10 },
      training: { epochs: 1, stepsPerEpoch: 1, statisticsImages: 8 },
    });
    const plan: SweepPlan = {
      ...{ kind: "sweep-plan", version: 1, runs: "runs", saveEvery: 60, retries: 0, tables: null },
      rows: [{ name: "row", settings: {}, config }],
    };
    const task = () =>
      runRowTask({
        ...{ folder, plan, index: 0, host: "here", job: null, provenance: TEST_PROVENANCE },
        signal: new AbortController().signal,
      });
    const run = join(folder, "runs", "row");
    await Deno.mkdir(run, { recursive: true });
    const other = await lockRunFolder(run);
    assert.deepEqual(await task(), { kind: "taken", by: null });
    assert.deepEqual(await task(), { kind: "taken", by: null });
    other.release();
    assert.deepEqual(await task(), { kind: "done" });
    const states = (await readAttempts(folder)).get(0)!.map(({ state }) => state);
    assert.deepEqual(states, ["saved", "saved", "done"]);
  }));
