import assert from "node:assert/strict";
import { readConfigWord } from "../../../lib/configuration/config_words.ts";
import { CONFIG_KEYS, defaultConfig } from "../../../lib/configuration/experiment_config.ts";
import { parseConfig } from "../../../lib/configuration/parse_config.ts";
import { requireSameModel } from "../../../lib/runs/require_same_model.ts";

/** What was taken out: the values that files from before may hold, and one that brought nothing. */
const RETIRED = [
  ["model.scaleExponent", [1], 3],
  ["model.kernelResizing", ["pooling"], "selection"],
  ["model.activation", ["relu"], "leaky-relu"],
  ["training.weightAveraging", [0], 0.99],
  ["training.finalLevelSharing", ["same"], 0],
  ["model.initialState", ["seeded", "learned", "constant"], "orthogonal"],
  ["model.initialState", ["seeded"], "low-frequency"],
] as const;

for (const [path, kept, taken] of RETIRED) {
  const [section, name] = path.split(".") as [string, string];
  const refusal = new RegExp(
    `Cannot use .*: ${path} .*was taken out, .*"What helps\\?".*current value is "?${taken}`,
  );
  const settingOf = (value: unknown) => ({ path, value: readConfigWord(path, `${value}`) });
  const isKey = CONFIG_KEYS.some((key) => key.path === path);

  Deno.test(`parseConfig() reads ${path} of files and settings from before, where it is what is done anyway`, () => {
    for (const value of kept) {
      const fromFile = parseConfig(JSON.stringify({ [section]: { [name]: value } }));
      const fromSetting = parseConfig("", { overrides: [settingOf(value)] });
      assert.deepEqual(fromSetting, fromFile);
      if (!isKey) assert.deepEqual(fromFile, defaultConfig());
    }
  });

  Deno.test(`parseConfig() says that ${path} ${taken} was taken out`, () => {
    assert.throws(() => parseConfig(JSON.stringify({ [section]: { [name]: taken } })), refusal);
    const overrides = [settingOf(taken)];
    assert.throws(() => parseConfig("", { overrides }), refusal);
  });

  if (section !== "model") continue;
  Deno.test(`requireSameModel() reads ${path} of cards from before, where it is what is done anyway`, () => {
    const { model } = defaultConfig();
    requireSameModel({ ...model, [name]: kept[0] }, model, "step-1");
    assert.throws(
      () => requireSameModel({ ...model, [name]: taken }, model, "step-1"),
      new RegExp(`${name}: ${taken} in the checkpoint, ${kept[0]} in the run`),
    );
  });
}

Deno.test("requireSameModel() takes a key that a card lacks for its default, and refuses a run that says otherwise", () => {
  const { model } = defaultConfig();
  const { initialStateSize: _, mirrorSymmetry: __, ...before } = model;
  requireSameModel(before, model, "step-1");
  assert.throws(
    () => requireSameModel(before, { ...model, initialStateSize: 0.125 }, "step-1"),
    /initialStateSize: 1 in the checkpoint, 0\.125 in the run/,
  );
});
