import assert from "node:assert/strict";
import { runCommand } from "../helpers/run_command.ts";
import type { LayerRow, ListedModel } from "../../lib/models/list_model.ts";

Deno.test("models --json lists every model with the figures of the paper", async () => {
  const { modelNames } = await import("../../lib/models/model_names.ts");
  const { code, stdout } = await runCommand(["models", "--json"]);
  assert.equal(code, 0);
  const models = JSON.parse(stdout) as ListedModel[];
  assert.deepEqual(models.map(({ name }) => name), [...modelNames]);
  const tool = (wanted: string) =>
    (models.find(({ name }) => name === wanted)!.multiplyAddsOfTool! / 1e9).toFixed(2);
  assert.equal(tool("puppet-cnn"), "12.34");
  assert.equal(tool("puppet-resnet"), "23.44");
  assert.equal(tool("resnet"), "11.40");
});

Deno.test("models sets the paper's prints beside the classes that they are of, and none beside others", async () => {
  const prints = async (...argv: readonly string[]) => {
    const { stdout } = await runCommand(["models", "--json", ...argv]);
    const models = JSON.parse(stdout) as ListedModel[];
    return Object.fromEntries(
      models.flatMap(({ name, paperMegabytes }) =>
        paperMegabytes === null ? [] : [[name, paperMegabytes]]
      ),
    );
  };
  const ten = await prints();
  assert.equal(ten.alexnet, 11.65);
  assert.equal(ten.skipnet, 68.88);
  const hundred = await prints("--classes", "100", "--image-size", "64");
  assert.deepEqual(hundred, { "puppet-cnn": 1.08, alexnet: 11.84, vgg: 39.2, resnet: 45.02 });
  assert.deepEqual(await prints("--classes", "20"), {});
  assert.equal((await prints("--channels", "64"))["puppet-cnn"], undefined);
  const { stdout } = await runCommand(["models", "vgg", "--classes", "100"]);
  assert.match(stdout, /^paper +39\.20 MB$/m);
  const { stdout: none } = await runCommand(["models", "skipnet", "--classes", "100"]);
  assert.match(none, /^paper +prints no size/m);
});

Deno.test("models NAME shows the ground and the layers; options change the figures", async () => {
  const argv = ["models", "vgg", "--classes", "100", "--image-size", "64"];
  const { code, stdout, stderr } = await runCommand(argv);
  assert.equal(stderr, "", "a list of layers needs no backend");
  assert.equal(code, 0);
  assert.match(stdout, /^ground +exact for 10 and 100 classes$/m);
  assert.match(stdout, /^parameters stored +9,799,844 \(39\.20 MB\)/m);
  assert.match(stdout, /^ +12 +conv8 +convolution 3x3 +512 > 512 +4 x 4 +2,359,296$/m);
  const idle = await runCommand(["models", "vgg", "--channels", "64"]);
  assert.match(idle.stderr, /^remark: --channels makes no difference here: the layers of vgg/);
  const { stdout: json, stderr: nothing } = await runCommand(
    ["models", "puppet-cnn", "--channels", "64", "--json"],
  );
  assert.equal(nothing, "");
  const model = JSON.parse(json) as ListedModel & { readonly layers: readonly LayerRow[] };
  assert.equal(model.parameters.puppeteer, 64 ** 2 + 15 * 64);
  assert.equal(model.layers.filter(({ generated }) => generated).length, 10);
});

Deno.test("models refuses what it cannot list, and exits with 2", async () => {
  const cases = [
    [["resnt"], /Cannot find model "resnt"; did you mean "resnet"\?/],
    [
      ["puppet-cnn-cifar10"],
      /it is a trained model or a run, .*\nSee ".* report puppet-cnn-cifar10"/,
    ],
    [["--channels", "12"], /--channels 12: it must be a multiple of 8/],
    [["--format", "svg"], /Allowed choices are text, md, csv, json, html/],
    [["--classes", "1"], /whole number in 2\.\.100000/],
  ] as const;
  for (const [argv, message] of cases) {
    const { code, stdout, stderr } = await runCommand(["models", ...argv]);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, message);
  }
});
