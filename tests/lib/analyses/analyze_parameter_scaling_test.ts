import assert from "node:assert/strict";
import { analyzeParameterScaling } from "../../../lib/analyses/analyze_parameter_scaling.ts";
import { figure4Chart, table7Chart } from "../../../lib/reports/parts/parameter_scaling_charts.ts";
import { defaultConfig } from "../../../lib/configuration/experiment_config.ts";
import { countModel } from "../../../lib/models/count_model.ts";
import type { ParameterScalingOptions } from "../../../lib/analyses/analyze_parameter_scaling.ts";

const MODEL = defaultConfig().model;
const IMAGE = { height: 32, width: 32 };
const ALL: ParameterScalingOptions = {
  channels: [64, 128, 256, 512, 1024, 2048, 4096],
  families: ["vgg", "resnet"],
  kernelSizes: [3],
  classes: 10,
  image: IMAGE,
};

Deno.test("analyzeParameterScaling() meets all fourteen prints of Table 7", async () => {
  const { table7 } = await analyzeParameterScaling(MODEL, { ...ALL, families: null });
  const prints = table7!.rows.flatMap((row) => [row.totalMillions, row.megabytes]);
  assert.equal(prints.length, 14);
  for (const { paper, difference } of prints) {
    assert.notEqual(paper, null);
    assert.equal(difference, 0);
  }
  assert.equal(table7!.depth, 10);
});

Deno.test("analyzeParameterScaling() shows no print beside another width or kernel", async () => {
  const options = { ...ALL, channels: [96, 512], kernelSizes: [3, 5], families: null };
  const { table7 } = await analyzeParameterScaling(MODEL, options);
  const printed = table7!.rows.map(({ megabytes }) => megabytes.paper);
  assert.deepEqual(printed, [null, 1.08, null, null]);
  const [narrow, , , wide5] = table7!.rows;
  assert.equal(narrow!.dynamicsParameters, 96 ** 2 + 15 * 96);
  assert.equal(narrow!.megabytes.difference, null);
  // The dynamics do not depend on k; a learned E and the work do.
  assert.equal(wide5!.dynamicsParameters, 269_824);
  assert.equal(wide5!.initialStateParameters, 25 * 512 ** 2);
  assert.equal(wide5!.multiplyAddsPerEvaluation, 267_776 * 512 * 25 - 2 * 512 * 512 * 25);
});

Deno.test("analyzeParameterScaling() agrees with the registry where both have the network", async () => {
  const { figure4 } = await analyzeParameterScaling(MODEL, { ...ALL, channels: null });
  const members = figure4!.families.flatMap((family) => family.members);
  const find = (name: string) => members.find((member) => member.name === name)!;
  for (const [name, model] of [["VGG-11", "vgg"], ["ResNet-18", "resnet"]] as const) {
    const own = find(name);
    const fixed = await countModel({ ...MODEL, name: model }, { classes: 10, image: IMAGE });
    const puppet = await countModel({ ...MODEL, name: `puppet-${model}` }, {
      classes: 10,
      image: IMAGE,
    });
    assert.equal(own.fixedParameters, fixed.parameters.total);
    assert.equal(own.fixedMultiplyAdds, fixed.reference.forward);
    assert.equal(own.puppetParameters.seeded, puppet.parameters.total);
    assert.equal(own.puppetMultiplyAdds, puppet.reference.forward);
    assert.equal(own.generatedKernels, puppet.reference.generatedKernels);
  }
  assert.deepEqual(members.map(({ name }) => name), [
    ...["VGG-11", "VGG-13", "VGG-16", "VGG-19"],
    ...["ResNet-10", "ResNet-18", "ResNet-26", "ResNet-34"],
  ]);
});

Deno.test("analyzeParameterScaling(): fixed networks grow with depth, the puppeteer does not", async () => {
  const options = { ...ALL, channels: null, kernelSizes: [3, 5] };
  const { figure4 } = await analyzeParameterScaling(MODEL, options);
  for (const { members } of figure4!.families) {
    assert.equal(members.length, 8);
    assert.ok(members.every(({ puppeteerParameters }) => puppeteerParameters === 269_824));
    for (const [index, member] of members.slice(1).entries()) {
      const before = members[index]!;
      if (member.kernelSize !== before.kernelSize) continue;
      assert.ok(member.fixedParameters > before.fixedParameters);
      const growth = member.puppetParameters.seeded - before.puppetParameters.seeded;
      // Two numbers per channel and added norm, at most 512 channels.
      const added = member.convolutions - before.convolutions;
      assert.ok(growth > 0 && growth <= added * 2 * 512, `${member.name} grows by ${growth}`);
    }
    for (const { puppetParameters, kernelSize } of members) {
      const { seeded, learned, constant } = puppetParameters;
      assert.equal(learned - seeded, 512 ** 2 * kernelSize ** 2);
      assert.equal(constant, seeded);
    }
  }
});

Deno.test("analyzeParameterScaling() leaves out what was not asked for, and refuses what it does not know", async () => {
  const none = await analyzeParameterScaling(MODEL, { ...ALL, channels: null, families: null });
  assert.equal(none.table7, null);
  assert.equal(none.figure4, null);
  assert.equal(table7Chart(none), null);
  assert.equal(figure4Chart(none), null);
  const unknown = analyzeParameterScaling(MODEL, { ...ALL, families: ["alexnet"] });
  await assert.rejects(unknown, /must be one of vgg, resnet/);
});

Deno.test("the charts of parameter scaling hold the figures in millions", async () => {
  const analysis = await analyzeParameterScaling(MODEL, { ...ALL, kernelSizes: [3, 5] });
  const figure = figure4Chart(analysis)!;
  assert.equal(figure.series.length, 12);
  const vgg = figure.series.find(({ name }) => name === "VGG, stored kernels, 3 x 3")!;
  assert.deepEqual(vgg.points[0], { x: 11, y: 9.753674 });
  const table = table7Chart(analysis)!;
  // No print for 5 x 5, so no series of points.
  assert.equal(table.series.filter(({ mark }) => mark === "point").length, 2);
  assert.equal(table.series.length, 6);
});
