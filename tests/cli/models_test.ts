import assert from "node:assert/strict";
import {
  formatModel,
  formatModels,
  formatModelsMarkdown,
  layerRows,
} from "../../cli/models_text.ts";
import { kernelLength, sizeAfter } from "../../lib/architectures/count_layers.ts";
import { squeezenetArchitecture } from "../../lib/architectures/squeezenet.ts";
import { runCommand } from "../helpers/run_command.ts";
import { assertSnapshot } from "../helpers/assert_snapshot.ts";
import type { LayerRow, ListedModel } from "../../cli/models_text.ts";

const LEVEL = {
  level: 0,
  complexity: 12.5,
  generatedKernels: 10,
  evaluations: 10,
  forward: 284_890_112,
  dynamics: 12_291_932_160,
  resizing: 22_436_352,
  amortized: 477_302_120,
};

const PUPPET: ListedModel = {
  name: "puppet-cnn",
  description: "generated kernels",
  source: "a paper",
  ground: "exact",
  paperMegabytes: 1.08,
  adapts: { depth: true, parameters: true },
  parameters: { puppeteer: 269_824, total: 280_714 },
  megabytes: { puppeteer: 1.079296, total: 1.122856 },
  batch: 64,
  multiplyAddsOfTool: 12_339_118_080,
  reference: LEVEL,
  levels: [LEVEL],
  decides: false,
};

const FORWARD_ONLY = { ...LEVEL, generatedKernels: 0, evaluations: 0, dynamics: 0, resizing: 0 };

const DECIDING: ListedModel = {
  ...PUPPET,
  name: "skipnet",
  source: "a | b",
  paperMegabytes: null,
  adapts: { depth: false, parameters: false },
  parameters: { puppeteer: 0, total: 17_483_866 },
  megabytes: { puppeteer: 0, total: 69.935464 },
  multiplyAddsOfTool: null,
  reference: FORWARD_ONLY,
  levels: [FORWARD_ONLY],
  decides: true,
};

const LAYERS: LayerRow[] = layerRows(squeezenetArchitecture(10).slice(0, 4), {
  height: 32,
  width: 32,
}, { kernelLength, sizeAfter, isGenerated: ({ name }) => name === "stem" });

function snapshotFile(name: string): URL {
  return new URL(`snapshots/${name}.txt`, import.meta.url);
}

Deno.test("formatModels() and formatModel() are the reviewed texts", async () => {
  const parts = [
    formatModels([PUPPET, DECIDING]),
    formatModelsMarkdown([PUPPET, DECIDING]),
    formatModel(PUPPET, LAYERS),
    formatModel(DECIDING, null),
  ];
  await assertSnapshot(`${parts.join("\n\n")}\n`, snapshotFile("result_models"));
});

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
  assert.match(stdout, /^stored +9,799,844 \(39\.20 MB\)/m);
  assert.match(stdout, /^conv8 +convolution 3x3 +512 > 512 +4 x 4 +2,359,296$/m);
  const { stdout: json } = await runCommand(["models", "puppet-cnn", "--channels", "64", "--json"]);
  const model = JSON.parse(json) as ListedModel & { readonly layers: readonly LayerRow[] };
  assert.equal(model.parameters.puppeteer, 64 ** 2 + 15 * 64);
  assert.equal(model.layers.filter(({ generated }) => generated).length, 10);
});

Deno.test("models refuses what it cannot list, and exits with 2", async () => {
  const cases = [
    [["resnt"], /Cannot find model "resnt"; did you mean "resnet"\?/],
    [["--channels", "12"], /--channels 12: it must be a multiple of 8/],
    [["vgg", "--markdown"], /Cannot use --markdown with the name of a model/],
    [["--markdown", "--json"], /'--markdown' cannot be used with option '--json'/],
    [["--classes", "1"], /whole number in 2\.\.100000/],
  ] as const;
  for (const [argv, message] of cases) {
    const { code, stdout, stderr } = await runCommand(["models", ...argv]);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, message);
  }
});
