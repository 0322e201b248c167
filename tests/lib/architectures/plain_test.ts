import assert from "node:assert/strict";
import { convolutionsOf, linearsOf, ownInputs } from "../../../lib/architectures/layer.ts";
import type { ConvolutionLayer } from "../../../lib/architectures/layer.ts";
import { layersPerStage, plainArchitecture } from "../../../lib/architectures/plain.ts";

const OPTIONS = { maxChannels: 512, kernelSize: 3, classes: 10, identityShortcuts: false };

Deno.test("layersPerStage() always sums to the depth", () => {
  for (let depth = 1; depth <= 40; depth++) {
    const layers = layersPerStage(depth);
    assert.equal(layers.reduce((sum, count) => sum + count, 0), depth);
    assert.ok(Math.max(...layers) - Math.min(...layers) <= 1);
  }
});

Deno.test("plainArchitecture() has stages of C/8, C/4, C/2 and C channels with pooling between", () => {
  const layers = plainArchitecture({ ...OPTIONS, depth: 10 });
  const text = layers.map((layer) =>
    layer.kind === "convolution" ? `${layer.inputChannels}>${layer.outputChannels}` : layer.kind
  );
  assert.deepEqual(text, [
    ...["3>64", "64>64", "max-pool", "64>128", "128>128", "128>128", "max-pool"],
    ...["128>256", "256>256", "max-pool", "256>512", "512>512", "512>512"],
    ...["global-average-pool", "linear"],
  ]);
});

Deno.test("plainArchitecture() gives a layer the same slot whatever the depth", () => {
  const names = (depth: number) =>
    new Set(convolutionsOf(plainArchitecture({ ...OPTIONS, depth })).map(({ name }) => name));
  for (let depth = 6; depth < 12; depth++) assert.ok(names(depth).isSubsetOf(names(12)));
});

Deno.test("plainArchitecture() adds shortcuts only where the channel count stays", () => {
  const layers = plainArchitecture({ ...OPTIONS, depth: 8, identityShortcuts: true });
  const rows = layers.filter(({ kind }) => kind === "convolution" || kind === "residual");
  assert.equal(rows.length, 8);
  for (const row of rows) {
    const [{ inputChannels, outputChannels, activation }] = convolutionsOf([row]) as [
      ConvolutionLayer,
    ];
    assert.equal(row.kind === "residual", inputChannels === outputChannels);
    // ReLU comes after the sum.
    assert.equal(activation, row.kind === "residual" ? "none" : "relu");
    if (row.kind !== "residual") continue;
    assert.equal(row.activation, "relu");
    assert.deepEqual(row.shortcut, [], "the identity");
  }
  const names = (identityShortcuts: boolean) =>
    convolutionsOf(plainArchitecture({ ...OPTIONS, depth: 8, identityShortcuts })).map(({ name }) =>
      name
    );
  assert.deepEqual(names(true), names(false));
});

Deno.test("plainArchitecture() refuses widths that do not divide by 8", () => {
  assert.throws(
    () => plainArchitecture({ ...OPTIONS, depth: 6, maxChannels: 100 }),
    /maxChannels must be a positive multiple of 8 .* current value is 100/,
  );
});

Deno.test("plainArchitecture() with mirror pairs lifts the image once, and needs even stages", () => {
  const layers = plainArchitecture({ ...OPTIONS, depth: 6, mirrorSymmetry: true });
  const kinds = convolutionsOf(layers).map(({ mirror }) => mirror);
  assert.deepEqual(kinds, ["lifting", ...new Array<string>(5).fill("group")]);
  assert.deepEqual(linearsOf(layers).map(ownInputs), [256]);
  const plain = convolutionsOf(plainArchitecture({ ...OPTIONS, depth: 6 }));
  assert.ok(plain.every(({ mirror }) => mirror === "none"));
  assert.throws(
    () => plainArchitecture({ ...OPTIONS, depth: 6, maxChannels: 24, mirrorSymmetry: true }),
    /maxChannels must be a multiple of 16 for mirror pairs .* current value is 24/,
  );
});
