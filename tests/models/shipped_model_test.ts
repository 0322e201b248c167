import assert from "node:assert/strict";
import { join } from "node:path";
import { parseConfig } from "../../lib/configuration/parse_config.ts";
import { findPreset, protocolConfig } from "../../lib/paper/preset.ts";
import { repositoryRoot, runCommand } from "../helpers/run_command.ts";
import { sharedDataDirectory as sharedData } from "../helpers/shared_data.ts";

const MODEL = join(repositoryRoot, "models", "puppet-cnn-cifar10");

Deno.test("the model in models/ classifies an image out of the box (wasm)", async () => {
  const image = join(repositoryRoot, "tests", "fixtures", "images", "grey.png");
  const { code, stdout, stderr } = await runCommand(
    ["predict", MODEL, image, "--backend", "wasm", "--top", "10", "--json"],
  );
  assert.equal(code, 0, stderr);
  const [{ classes, depth }] = JSON.parse(stdout);
  assert.equal(classes.length, 10);
  assert.ok(depth >= 6 && depth <= 12);
  const sum = classes.reduce(
    (total: number, { probability }: { probability: number }) => total + probability,
    0,
  );
  assert.ok(Math.abs(sum - 1) < 1e-4);
});

Deno.test("the model in models/ was trained as its preset says", async () => {
  const found = parseConfig(await Deno.readTextFile(join(MODEL, "config.yaml")));
  const preset = protocolConfig(findPreset("puppet-cnn-regularized"), 1);
  const { backend, math } = found;
  assert.deepEqual(found, { ...preset, backend, math });
});

Deno.test({
  name: `the model in models/ is right for 8 of 10 of the first 400 test images${
    sharedData === null ? " (no CIFAR-10 beside the repository)" : ""
  }`,
  ignore: sharedData === null,
  fn: async () => {
    const { code, stdout, stderr } = await runCommand(
      ["eval", MODEL, "--data", sharedData!, "--test-images", "400", "--json"],
    );
    assert.equal(code, 0, stderr);
    const { top1 } = JSON.parse(stdout).figures;
    assert.ok(top1 > 0.74 && top1 < 0.86, String(top1));
  },
});
