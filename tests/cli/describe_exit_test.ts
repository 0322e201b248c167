import assert from "node:assert/strict";
import { completeConfig } from "../../lib/configuration/experiment_config.ts";
import { rowLockOf } from "../../lib/sweeps/attempts.ts";
import { lockFile } from "../../lib/sweeps/process_lock.ts";
import { type SweepPlan, writePlan } from "../../lib/sweeps/sweep_plan.ts";
import { runCommand } from "../helpers/run_command.ts";
import { withFolder } from "../helpers/with_folder.ts";

Deno.test("sweep run says that a row is left to the process that works on it, not that it is done", () =>
  withFolder(async (folder) => {
    const plan: SweepPlan = {
      ...{ kind: "sweep-plan", version: 1, runs: `${folder}/runs`, saveEvery: 60, retries: 0 },
      tables: null,
      rows: [{ name: "row", settings: {}, config: completeConfig({ backend: "cpu" }) }],
    };
    await writePlan(folder, plan);
    using other = await lockFile(rowLockOf(folder, 0));
    assert.equal(other.isHeld, true);
    const { code, stderr } = await runCommand(["sweep", "run", folder]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /row 0 is left to another process; 1 of 1/);
  }));
