import assert from "node:assert/strict";
import { join } from "node:path";
import { planTable } from "../../../lib/paper/plan_rows.ts";
import { protocolChanges } from "../../../lib/paper/run_identity.ts";
import { findPreset, protocolConfig } from "../../../lib/paper/preset.ts";
import { runComparison } from "../../../lib/paper/run_comparison.ts";
import { exportRun } from "../../../lib/runs/export_run.ts";
import { smallComparison } from "../../helpers/small_comparison.ts";
import { withFolder } from "../../helpers/with_folder.ts";
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

Deno.test("planTable() takes an exported model for a row only where its run is not there", () =>
  withFolder(async (folder) => {
    const options = await smallComparison(folder);
    const trained = await runComparison(options);
    const run = join(folder, "trained-by-hand");
    await Deno.rename(trained.comparison.rows[0]!.runs[0]!.runDirectory, run);
    const exported = join(folder, "exported");
    await exportRun({ runDirectory: run, checkpoint: "auto", directory: exported });
    // As if the best epoch had been followed by another.
    const config = join(exported, "config.yaml");
    const overrides = [...options.overrides, { path: "training.epochs", value: 2 }];
    const text = await Deno.readTextFile(config);
    await Deno.writeTextFile(config, text.replace(/epochs: 1 /, "epochs: 2 "));
    const folderOf = async (overrides: readonly ConfigOverride[]) =>
      (await planTable({ ...options, overrides }))[0]!.runs[0]!.runDirectory;
    assert.equal(await folderOf(options.overrides), run);
    assert.equal(await folderOf(overrides), exported);
    const { comparison } = await runComparison({ ...options, overrides });
    assert.equal(comparison.rows[0]!.runs[0]!.state, "finished");
    // The run itself has as many epochs.
    await Deno.writeTextFile(join(run, "config.yaml"), await Deno.readTextFile(config));
    assert.equal(await folderOf(overrides), run);
  }));

Deno.test("planTable() makes a smoke run of the images that a folder holds, and of drawn ones elsewhere", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "mini-imagenet"));
    const datasetsIn = async (directory: string) => {
      const overrides = [{ path: "data.directory", value: directory }];
      const [row] = await planTable({
        ...{ table: 6, seeds: [1], smoke: true, runsDirectory: join(folder, "runs") },
        ...{ only: ["puppet-cnn-mini-imagenet"], overrides },
      });
      return row!.runs.map(({ config }) => config.data.dataset);
    };
    assert.deepEqual(await datasetsIn(folder), ["mini-imagenet"]);
    assert.deepEqual(await datasetsIn(join(folder, "elsewhere")), ["synthetic"]);
  }));
