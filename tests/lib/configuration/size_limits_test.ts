import assert from "node:assert/strict";
import { defaultConfig } from "../../../lib/configuration/experiment_config.ts";
import { parseConfig } from "../../../lib/configuration/parse_config.ts";
import { countLevels, findExcesses } from "../../../lib/configuration/size_limits.ts";
import { levelsOfModel } from "../../../lib/models/model_layers.ts";

Deno.test("countLevels() agrees with the levels that are made", () => {
  const { model } = defaultConfig();
  const variants = [
    model,
    { ...model, levelsPerDepth: 3 },
    { ...model, minSteps: 2, maxSteps: 31, levelsPerDepth: 2 },
    { ...model, depthAdaptation: false, fixedDepth: 4 },
    { ...model, depthAdaptation: false, parameterAdaptation: false, fixedDepth: 9 },
    { ...model, parameterAdaptation: false },
    { ...model, name: "fixed-cnn", fixedDepth: 9 },
    { ...model, name: "puppet-resnet", fixedDepth: 9 },
    { ...model, name: "resnet" },
  ] as const;
  for (const variant of variants) {
    const { list } = levelsOfModel(variant);
    const layers = list.reduce((sum, { depth }) => sum + depth, 0);
    assert.deepEqual(countLevels(variant), { levels: list.length, layers });
  }
});

Deno.test("a configuration that no machine could hold is refused by its counts", () => {
  const cases: [string, RegExp][] = [
    ["model: { minSteps: 1, maxSteps: 1000, levelsPerDepth: 1000 }", /in 1000000 levels/],
    ["model: { depthAdaptation: false, fixedDepth: 1000, levelsPerDepth: 3 }", /give 21000 in 21/],
    ["model: { minSteps: 1, maxSteps: 1000 }", /give 500500 in 1000 levels/],
    ["model: { trajectorySteps: 1000, levelsPerDepth: 3 }", /gives 21000 in 21 levels/],
    [
      "model: { maxChannels: 8192, kernelSize: 15 }",
      /the kernels of all levels must take at most 64 GB/,
    ],
    [
      "{ training: { batchSize: 65536 }, data: { dataset: folder, imageSize: 1024 } }",
      /first feature maps .* 65536, images of 1024 x 1024 pixels and/,
    ],
  ];
  for (const [text, message] of cases) assert.throws(() => parseConfig(text), message);
  // CIFAR's images have the size that they have: the key says nothing of them.
  const { data } = parseConfig("{ training: { batchSize: 4096 }, data: { imageSize: 1024 } }");
  assert.equal(data.dataset, "cifar10");
});

Deno.test("findExcesses() lets the largest models pass that are in use", () => {
  const { data, model, training } = defaultConfig();
  for (const maxChannels of [512, 1024, 2048, 4096]) {
    assert.deepEqual(findExcesses({ data, training, model: { ...model, maxChannels } }), []);
  }
  const { kernelSize, ...idle } = { ...model, kernelSize: 15, maxChannels: 8192 };
  for (const name of ["resnet", "dfn", "puppet-resnet"] as const) {
    const others = { ...model, ...idle, kernelSize, name };
    const large = { ...data, dataset: "folder", imageSize: 512 } as const;
    assert.deepEqual(findExcesses({ data: large, training, model: others }), [], name);
  }
  const deep = { ...model, name: "fixed-cnn", fixedDepth: 1000, maxChannels: 1024 } as const;
  assert.deepEqual(findExcesses({ data, training, model: deep }), [], "one network, not seven");
  assert.deepEqual(
    findExcesses({
      data: { ...data, dataset: "folder", imageSize: 84 },
      training,
      model: { ...model, levelsPerDepth: 16 },
    }),
    [],
  );
});
