import assert from "node:assert/strict";
import { Command } from "@commander-js/extra-typings";
import { addConfigOptions, readConfigOverrides } from "../../cli/config_options.ts";
import { UsageError } from "../../lib/errors.ts";
import { CONFIG_KEYS } from "../../lib/configuration/experiment_config.ts";
import { parseConfig } from "../../lib/configuration/parse_config.ts";

function overridesOf(...argv: string[]) {
  const command = new Command("test").exitOverride().configureOutput({ writeErr: () => {} });
  addConfigOptions(command);
  return readConfigOverrides(command.parse(argv, { from: "user" }).opts());
}

Deno.test("addConfigOptions() has one visible option for every key", () => {
  const command = new Command("test");
  addConfigOptions(command);
  const visible = command.options.filter((option) => !option.hidden);
  // The keys, and --set.
  // Beside the keys there are --set and --threads.
  assert.equal(visible.length, CONFIG_KEYS.length + 2);
  for (const option of visible) assert.ok(option.description.length > 10, option.flags);
});

Deno.test("readConfigOverrides() is empty where no option is given", () => {
  assert.deepEqual(overridesOf(), []);
});

Deno.test("readConfigOverrides() reaches every key by its own option", () => {
  const command = new Command("test");
  addConfigOptions(command);
  const paths = new Set<string>();
  for (const option of command.options) {
    const flag = option.long!;
    if (flag === "--set") continue;
    const words: Record<string, string> = { "--backend": "wasm", "--math": "bfloat16" };
    const argv = option.required ? [flag, words[flag] ?? "7"] : [flag];
    for (const { path } of overridesOf(...argv)) paths.add(path);
  }
  assert.deepEqual([...paths].sort(), CONFIG_KEYS.map((key) => key.path).sort());
});

Deno.test("readConfigOverrides() reads numbers, words, switches and null", () => {
  const overrides = overridesOf(
    ...["--channels", "64", "--solver", "rk4", "--no-parameter-adaptation", "--images", "all"],
    ...["--level-sharing", "2", "--set", "training.levelSmoothing=0.5", "--backend", "wasm"],
  );
  const { data, model, training, backend } = parseConfig("", { overrides });
  assert.equal(model.maxChannels, 64);
  assert.equal(model.solver, "rk4");
  assert.equal(model.parameterAdaptation, false);
  assert.equal(data.images, null);
  assert.equal(training.levelSharing, 2);
  assert.equal(training.levelSmoothing, 0.5);
  assert.equal(backend, "wasm");
});

Deno.test("readConfigOverrides() knows a switch by the name that it was given", () => {
  const [off] = overridesOf("--no-parameter-adaptation");
  assert.deepEqual([off!.value, off!.from], [false, "--no-parameter-adaptation"]);
});

Deno.test("readConfigOverrides() switches depth adaptation off with --depth", () => {
  const { model } = parseConfig("", { overrides: overridesOf("--depth", "9") });
  assert.equal(model.fixedDepth, 9);
  assert.equal(model.depthAdaptation, false);
});

Deno.test("readConfigOverrides() refuses two options that contradict each other", () => {
  assert.throws(() => overridesOf("--depth", "9", "--depth-adaptation"), UsageError);
  assert.throws(() => overridesOf("--seed", "1", "--set", "training.seed=2"), UsageError);
  assert.equal(overridesOf("--seed", "1", "--set", "training.seed=1").length, 2);
});

Deno.test("readConfigOverrides() explains a malformed --set", () => {
  assert.throws(() => overridesOf("--set", "training.seed"), /it must read path=value/);
  assert.throws(() => overridesOf("--set", "training.sed=3"), /did you mean training\.seed\?/);
  assert.throws(() => overridesOf("--set", "__proto__.x=3"), /unknown key __proto__\.x/);
});

Deno.test("readConfigOverrides() keeps everything after the first equals sign", () => {
  assert.deepEqual(overridesOf("--set", "data.directory=a=b"), [
    { path: "data.directory", value: "a=b", from: "--set" },
  ]);
});
