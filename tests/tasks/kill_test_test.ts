import assert from "node:assert/strict";
import { killTraining } from "../../tasks/kill_test/kill_training.ts";

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
