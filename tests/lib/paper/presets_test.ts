import assert from "node:assert/strict";
import { join } from "node:path";
import { countRow } from "../../../lib/paper/count_row.ts";
import { protocolChanges, runIdentity } from "../../../lib/paper/run_identity.ts";
import { defaultConfig } from "../../../lib/configuration/experiment_config.ts";
import { paperTables } from "../../../lib/paper/paper_results.ts";
import { findContradictions } from "../../../lib/configuration/config_rules.ts";
import { findPreset, protocolConfig } from "../../../lib/paper/preset.ts";
import { PRESET_NAMES, presets } from "../../../lib/paper/presets.ts";
import { imageSideOf } from "../../../lib/datasets/data_config.ts";
import { classesOf, smokeConfig } from "../../../lib/paper/smoke_config.ts";
import { readRunConfig } from "../../../lib/runs/run_config_file.ts";
import { repositoryRoot } from "../../helpers/run_command.ts";
import { modelEntry } from "../../../lib/models/model_registry.ts";

/** Parameters of docs/systems.md for 10 and for 100 classes; of a puppet the puppeteer alone. */
const PARAMETERS: Readonly<Record<string, readonly [ten: number, hundred?: number]>> = {
  "alexnet": [2_913_610, 2_959_780],
  "vgg": [9_753_674, 9_799_844],
  "resnet": [11_209_290, 11_255_460],
  "mobilenet-v1": [1_880_906],
  "mobilenet-v2": [2_244_362],
  "squeezenet": [990_282],
  "weightnet": [11_468_154],
  "dfn": [18_971_402],
  "ddfn-sw": [75_206_410],
  "branchynet": [6_923_614],
  "skipnet": [17_483_866],
  "drnn": [11_446_226],
};

const PUPPETEER = 269_824;

Deno.test("presets have a name and a configuration of their own each", () => {
  assert.equal(new Set(PRESET_NAMES).size, presets.length);
  const identities = presets.map((preset) => runIdentity(protocolConfig(preset, 1)));
  assert.equal(new Set(identities).size, presets.length);
  for (const { name, hours } of presets) assert.ok(hours > 0, name);
});

/** Where the runs of results stand whose configuration is not beside them. */
const RUN_OF_RESULT: Readonly<Record<string, string>> = {
  "results/puppet-cnn-regularized-c512": "models/puppet-cnn-cifar10",
};

Deno.test("presets name the result that they gave: of their own configuration, and evaluated", async () => {
  const named = presets.filter(({ result }) => result !== null);
  assert.deepEqual(named.map(({ name }) => name), ["puppet-cnn", "puppet-cnn-regularized"]);
  for (const preset of named) {
    const folder = preset.result!;
    const config = await readRunConfig(join(repositoryRoot, RUN_OF_RESULT[folder] ?? folder));
    const changes = protocolChanges(protocolConfig(preset, config.training.seed), config);
    const others = changes.filter(({ path }) => !["training.validateEvery", "math"].includes(path));
    assert.deepEqual(others, [], preset.name);
    const evaluation = join(repositoryRoot, folder, "evaluation.json");
    const { figures } = JSON.parse(await Deno.readTextFile(evaluation));
    assert.equal(figures.images, 10_000);
  }
});

Deno.test("presets cover every row of Tables 1 to 6 once, and nothing else", () => {
  const key = (table: number, row: string, variant: string | null | undefined) =>
    JSON.stringify([table, row, variant ?? null]);
  const printed = paperTables.flatMap(({ table, rows }) =>
    rows.map(({ row, variant }) => key(table, row, variant))
  );
  const covered = presets.flatMap(({ places }) =>
    places.map(({ table, row, variant }) => key(table, row, variant))
  );
  assert.deepEqual([...covered].sort(), [...printed].sort());
  assert.equal(new Set(printed).size, printed.length);
});

Deno.test("presets follow the protocol of the paper, and ours keep its data, size and batch", () => {
  const { training } = defaultConfig();
  for (const preset of presets) {
    const config = protocolConfig(preset, 1);
    assert.deepEqual(findContradictions(config), [], preset.name);
    if (preset.places.length > 0) assert.deepEqual(config.training, training, preset.name);
    const { batchSize, flip, crop } = config.training;
    assert.deepEqual([batchSize, flip, crop], [64, false, 0], preset.name);
    assert.equal(config.model.maxChannels, 512);
    const { dataset, images, imageSize, resizeTo, validationFraction, splitSeed } = config.data;
    if (dataset === "mini-imagenet") {
      assert.deepEqual([images, imageSize, resizeTo], [null, 84, 96]);
      assert.equal(validationFraction, 1 / 9);
      assert.notEqual(splitSeed, null, "one split for all runs");
    } else {
      assert.equal(validationFraction, 0.2);
      const isPart = dataset === "cifar10" && !preset.name.endsWith("-full");
      assert.equal(images, isPart ? 10_000 : null, preset.name);
    }
  }
});

Deno.test("presets differ by their seed in nothing else", () => {
  const [preset] = presets;
  const one = protocolConfig(preset!, 1);
  const two = protocolConfig(preset!, 2);
  assert.notEqual(runIdentity(one), runIdentity(two));
  assert.deepEqual({ ...two, training: { ...two.training, seed: 1 } }, one);
});

Deno.test("presets that are lists of layers store the parameters that docs/systems.md names", async () => {
  for (const preset of presets) {
    const { model, data } = protocolConfig(preset, 1);
    if (modelEntry(model.name).kind === "custom") continue;
    const classes = classesOf(data);
    const counted = await countRow({ model, classes, side: imageSideOf(data) });
    const expected = PARAMETERS[model.name]?.[classes === 10 ? 0 : 1];
    if (expected !== undefined) assert.equal(counted.storedParameters, expected, preset.name);
    else assert.equal(counted.puppeteerMegabytes, 4 * PUPPETEER / 1e6, preset.name);
  }
});

// DDFN-SW, 300 MB, is counted by the test of the registry of models.
for (const name of ["dfn", "weightnet", "branchynet", "skipnet", "drnn"]) {
  Deno.test(`preset ${name} stores the parameters that docs/systems.md names`, async () => {
    const { model } = protocolConfig(findPreset(name), 1);
    const counted = await countRow({ model, classes: 10, side: 32 });
    assert.equal(counted.storedParameters, PARAMETERS[name]![0]);
    assert.equal(counted.puppeteerMegabytes, null);
  });
}

Deno.test("Table 5's multiply-adds are counted, and equal the paper's", async () => {
  const { rows } = paperTables.find(({ table }) => table === 5)!;
  for (const [preset, row] of [["resnet", 0], ["puppet-resnet", 1], ["puppet-cnn", 2]] as const) {
    const { model } = protocolConfig(findPreset(preset), 1);
    const { multiplyAddsOfTool, paperColumnMegabytes } = await countRow({
      model,
      classes: 10,
      side: 32,
    });
    const { gigaMultiplyAdds, megabytes } = rows[row]!.figures;
    assert.equal(Number((multiplyAddsOfTool! / 1e9).toFixed(2)), gigaMultiplyAdds, preset);
    assert.equal(Number(paperColumnMegabytes.toFixed(2)), megabytes, preset);
  }
});

Deno.test("smokeConfig() is small, allowed, and never equal to the protocol", () => {
  for (const preset of presets) {
    for (const hasData of [true, false]) {
      const config = smokeConfig(preset, { seed: 1, hasData });
      const { data } = protocolConfig(preset, 1);
      assert.deepEqual(findContradictions(config), [], preset.name);
      assert.equal(config.training.epochs, 1);
      assert.ok(config.data.images! <= 20);
      assert.equal(config.data.dataset, hasData ? data.dataset : "synthetic");
      if (!hasData) {
        assert.equal(config.data.classes, classesOf(data), preset.name);
        assert.equal(config.data.imageSize, imageSideOf(data), preset.name);
      }
      assert.notEqual(runIdentity(config), runIdentity(protocolConfig(preset, 1)));
    }
  }
});

Deno.test("findPreset() names the preset that was meant", () => {
  assert.throws(() => findPreset("puppetcnn"), /did you mean "puppet-cnn"/);
});
