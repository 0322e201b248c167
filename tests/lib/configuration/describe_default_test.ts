import assert from "node:assert/strict";
import { describeDefault } from "../../../lib/configuration/describe_default.ts";
import { CONFIG_KEYS } from "../../../lib/configuration/experiment_config.ts";
import { readConfigWord } from "../../../lib/configuration/config_words.ts";

function defaultOf(path: string): string {
  return describeDefault(CONFIG_KEYS.find((key) => key.path === path)!);
}

Deno.test("describeDefault() says what holds for which dataset", () => {
  assert.equal(defaultOf("data.images"), "10000 for cifar10, else all");
  assert.equal(defaultOf("data.validationFraction"), "0.2; 0.1111 for mini-imagenet");
  assert.equal(defaultOf("data.splitSeed"), "run; 2411 for mini-imagenet");
  assert.equal(defaultOf("data.resizeTo"), "none; 96 for mini-imagenet");
  assert.equal(defaultOf("training.fitDepths"), "false; true for folder");
});

Deno.test("describeDefault() says what depends on the measure, and leaves the rest as it is", () => {
  assert.equal(defaultOf("model.stepsPerBit"), "0.8 with entropy, else by the measure");
  assert.equal(defaultOf("model.trajectorySteps"), "own");
  assert.equal(defaultOf("training.stepsPerEpoch"), "all");
  assert.equal(defaultOf("training.epsilon"), "1e-8");
  assert.equal(defaultOf("training.batchSize"), "64");
});

Deno.test("the default of a key that may be null is a word that its option takes", () => {
  for (const { path, orNull } of CONFIG_KEYS) {
    if (orNull === undefined) continue;
    assert.equal(readConfigWord(path, orNull[0]), null, path);
    assert.equal(readConfigWord(path, "null"), null, path);
  }
  assert.equal(readConfigWord("data.splitSeed", "all"), "all", "which is then refused");
});
