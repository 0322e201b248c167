import assert from "node:assert/strict";
import { defaultConfig } from "../../../lib/configuration/experiment_config.ts";
import {
  asFitted,
  isRunOf,
  runFolderName,
  settingIdentity,
} from "../../../lib/paper/run_identity.ts";

Deno.test("runFolderName() names runs as before keys were added, so that they are found", () => {
  assert.equal(runFolderName("puppet-cnn", defaultConfig()), "puppet-cnn-seed1-38e1fe2328");
});

Deno.test("runFolderName() tells runs in bfloat16 from runs in float32", () => {
  const name = runFolderName("puppet-cnn", { ...defaultConfig(), math: "bfloat16" });
  assert.notEqual(name, runFolderName("puppet-cnn", defaultConfig()));
});

Deno.test("isRunOf() knows a run again whose rule for depth was fitted to its images", () => {
  const asked = defaultConfig();
  const fits = { ...asked, training: { ...asked.training, fitDepths: true } };
  const fitted = { stepsPerBit: 0.4, complexityOffset: -4.5, referenceComplexity: 13 };
  const runOf = (config: typeof asked) => ({ ...config, model: { ...config.model, ...fitted } });
  assert.ok(isRunOf(asked, asked));
  assert.ok(isRunOf(runOf(fits), fits));
  assert.ok(!isRunOf(runOf(asked), asked));
  assert.deepEqual(asFitted(fits, runOf(fits)), runOf(fits));
  assert.deepEqual([asFitted(fits, null), asFitted(asked, runOf(asked))], [fits, asked]);
  const wider = { ...fits, model: { ...fits.model, maxChannels: 64 } };
  assert.ok(!isRunOf(runOf(fits), wider));
});

Deno.test("settingIdentity() is one for runs that differ in their seed and what was fitted to their images", () => {
  const asked = defaultConfig();
  const runOf = (seed: number, stepsPerBit: number, fitDepths: boolean) => ({
    ...asked,
    model: { ...asked.model, stepsPerBit },
    training: { ...asked.training, seed, fitDepths },
  });
  assert.equal(settingIdentity(runOf(1, 0.4, true)), settingIdentity(runOf(2, 0.5, true)));
  // Given by hand, another constant is another setting.
  assert.notEqual(settingIdentity(runOf(1, 0.4, false)), settingIdentity(runOf(2, 0.5, false)));
  assert.equal(settingIdentity(runOf(1, 0.4, false)), settingIdentity(runOf(2, 0.4, false)));
});
