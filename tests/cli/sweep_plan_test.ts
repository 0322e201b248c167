import assert from "node:assert/strict";
import { join } from "node:path";
import { planSweep } from "../../cli/sweep_plan.ts";
import { readPlan } from "../../lib/sweeps/sweep_plan.ts";
import { withFolder } from "../helpers/with_folder.ts";

Deno.test("planSweep() names runs after the file, in letters that a plan may have", () =>
  withFolder(async (folder) => {
    const cases = [
      ["my cfg (1).yaml", "my-cfg--1-"],
      ["_\u00fc.yaml", "run"],
      ["wide_2.yaml", "wide_2"],
      [`${"x".repeat(200)}.yaml`, "x".repeat(100)],
    ] as const;
    for (const [at, [file, name]] of cases.entries()) {
      const config = join(folder, file);
      await Deno.writeTextFile(config, "training: {epochs: 1}\n");
      const sweep = join(folder, `sweep ${at}`);
      await planSweep(sweep, { config, seeds: [1], saveEvery: 600, retries: 2 });
      const { rows } = await readPlan(sweep);
      assert.equal(rows[0]!.name.split("-seed1-")[0], name);
    }
  }));
