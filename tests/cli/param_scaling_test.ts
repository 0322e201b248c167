import assert from "node:assert/strict";
import { join } from "node:path";
import { analyzeParameterScaling } from "../../lib/analyses/analyze_parameter_scaling.ts";
import { defaultConfig } from "../../lib/configuration/experiment_config.ts";
import { runCommand } from "../helpers/run_command.ts";
import type { ParameterScaling } from "../../lib/analyses/parameter_scaling.ts";

const ANALYSIS = await analyzeParameterScaling(defaultConfig().model, {
  channels: [64, 128, 256, 512, 1024, 2048, 4096, 96],
  families: ["vgg", "resnet"],
  kernelSizes: [3],
  classes: 10,
  image: { height: 32, width: 32 },
});

Deno.test("param-scaling --table 7 --json is the document of the library, --figure 4 leaves it out", async () => {
  const table = await runCommand(["param-scaling", "--table", "7", "--json"]);
  assert.equal(table.stderr, "");
  assert.equal(table.code, 0);
  const document = JSON.parse(table.stdout) as ParameterScaling;
  assert.deepEqual([document.kind, document.version], ["parameter-scaling", 1]);
  assert.deepEqual(document.table7!.rows, ANALYSIS.table7!.rows.slice(0, 7));
  assert.equal(document.figure4, null);
});

Deno.test("param-scaling draws the figure into a file, and never over one that is there", async () => {
  const folder = await Deno.makeTempDir({ prefix: "puppet-scaling-" });
  try {
    const file = join(folder, "figure4.svg");
    const argv = ["param-scaling", "--figure", "4", "--format", "svg", "--output", file];
    const first = await runCommand(argv);
    assert.equal(first.code, 0, first.stderr);
    assert.equal(first.stdout, "");
    assert.match(await Deno.readTextFile(file), /^<svg[^]*ResNet, stored kernels[^]*<\/svg>\n$/);
    await Deno.writeTextFile(file, "mine");
    const second = await runCommand(argv);
    assert.equal(second.code, 2);
    assert.match(second.stderr, /figure4\.svg: the file is there; .*--force/);
    assert.equal(await Deno.readTextFile(file), "mine");
    const forced = await runCommand([...argv, "--force"]);
    assert.equal(forced.code, 0);
    assert.match(await Deno.readTextFile(file), /^<svg/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("param-scaling refuses what it cannot count, and exits with 2", async () => {
  const cases = [
    [["--channels", "64,12"], /"12" must be a multiple of 8/],
    [["--kernel-sizes", "4"], /"4" must be an odd number/],
    [["--families", "alexnet"], /"alexnet" must be one of vgg, resnet/],
    [["--format", "svg"], /give either --table 7 or --figure 4/],
    [["--table", "7", "--figure", "4", "--format", "svg"], /give either --table 7 or --figure 4/],
    [["--json", "--format", "csv"], /give one of them/],
    [["--table", "8"], /choices/],
    [["--force"], /--force without --output/],
    [["--output", "no/such/folder/x"], /there is no folder/],
  ] as const;
  await Promise.all(cases.map(async ([argv, message]) => {
    const { code, stdout, stderr } = await runCommand(["param-scaling", ...argv]);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, message);
  }));
});
