import assert from "node:assert/strict";
import { join } from "node:path";
import { lockRunFolder } from "../../../lib/checkpoints/run_lock.ts";
import { saveCheckpoint } from "../../../lib/checkpoints/save_checkpoint.ts";
import { loadRunCheckpoint } from "../../../lib/runs/load_run_checkpoint.ts";

/** The warnings of loading the last checkpoint of a run. */
async function warningsOf(run: string): Promise<string[]> {
  const warnings: string[] = [];
  const { folder } = await loadRunCheckpoint(run, {
    checkpoint: "last",
    warn: (text) => warnings.push(text),
  });
  assert.equal(folder, "step-00000100");
  return warnings;
}

Deno.test("loadRunCheckpoint() warns of a save that was cut short, not of one that is under way", async () => {
  const run = Deno.makeTempDirSync();
  try {
    const root = join(run, "checkpoints");
    const files = new Map([["state.json", new TextEncoder().encode("{}")]]);
    for (const step of [100, 200]) await saveCheckpoint(root, { step, files, best: false });
    // As a save leaves it between its folder and its pointer.
    Deno.writeTextFileSync(join(root, "last"), "step-00000100\n");
    {
      using _training = await lockRunFolder(run);
      assert.deepEqual(await warningsOf(run), []);
    }
    const [warning, ...others] = await warningsOf(run);
    assert.match(warning!, /step-00000200 is newer than step-00000100.*taking step-00000100/);
    assert.deepEqual(others, []);
  } finally {
    Deno.removeSync(run, { recursive: true });
  }
});
