import assert from "node:assert/strict";
import { planTable } from "../../../lib/paper/plan_rows.ts";
import { protocolChanges } from "../../../lib/paper/run_identity.ts";
import { findPreset, protocolConfig } from "../../../lib/paper/preset.ts";
import type { ConfigOverride } from "../../../lib/configuration/config_words.ts";

/** Preset -> changes of its row under overrides of Table 2. */
async function changesOfTable2(overrides: readonly ConfigOverride[]) {
  const plan = { table: 2, seeds: [1], smoke: false, runsDirectory: "no-such-folder", only: [] };
  const [plain, changed] = [
    await planTable({ ...plan, overrides: [] }),
    await planTable({
      ...plan,
      overrides,
    }),
  ];
  return Object.fromEntries(changed.map(({ preset, protocol, runs: [run] }, at) => [preset.name, {
    isSameFolder: run!.runDirectory === plain[at]!.runs[0]!.runDirectory,
    changes: protocolChanges(protocol, run!.config).map(({ path }) => path),
  }]));
}

Deno.test("planTable() leaves a row as it is to which an override makes no difference", async () => {
  const found = await changesOfTable2([
    { path: "model.maxChannels", value: 16 },
    { path: "model.solver", value: "rk4" },
  ]);
  for (const name of ["alexnet", "vgg", "resnet"]) {
    assert.deepEqual(found[name], { isSameFolder: true, changes: [] }, name);
  }
  const changes = ["model.maxChannels", "model.solver"];
  assert.deepEqual(found["puppet-vgg"], { isSameFolder: false, changes });
  const epochs = await changesOfTable2([{ path: "training.epochs", value: 1 }]);
  assert.deepEqual(epochs.alexnet, { isSameFolder: false, changes: ["training.epochs"] });
});

Deno.test("protocolChanges() names no key that makes no difference to what was run", () => {
  const protocol = protocolConfig(findPreset("vgg"), 1);
  const run = { ...protocol, model: { ...protocol.model, maxChannels: 64 } };
  assert.deepEqual(protocolChanges(protocol, run), []);
});
