import assert from "node:assert/strict";
import { defaultConfig } from "../../../lib/configuration/experiment_config.ts";
import { runFolderName } from "../../../lib/paper/run_identity.ts";

Deno.test("runFolderName() names runs as before keys were added, so that they are found", () => {
  assert.equal(runFolderName("puppet-cnn", defaultConfig()), "puppet-cnn-seed1-38e1fe2328");
});

Deno.test("runFolderName() tells runs in bfloat16 from runs in float32", () => {
  const name = runFolderName("puppet-cnn", { ...defaultConfig(), math: "bfloat16" });
  assert.notEqual(name, runFolderName("puppet-cnn", defaultConfig()));
});
