import assert from "node:assert/strict";
import { parseConfig } from "../../../lib/configuration/parse_config.ts";
import { asksForFit, describeFit, fitDepths } from "../../../lib/runs/fit_depths.ts";

const COMPLEXITIES = Float64Array.from({ length: 100 }, (_, at) => 16 + at / 50);

Deno.test("fitDepths() is asked for by folders whose rule nobody gave, and by nothing else", () => {
  const asks = (text: string) => asksForFit(parseConfig(text));
  assert.ok(asks("data: { dataset: folder }"));
  assert.ok(asks("training: { fitDepths: true }"));
  assert.ok(!asks(""));
  assert.ok(!asks("data: { dataset: cifar100 }"));
  assert.ok(!asks("{ data: { dataset: folder }, model: { stepsPerBit: 0.7 } }"));
  assert.ok(!asks("{ data: { dataset: folder }, model: { complexityOffset: 1 } }"));
  assert.ok(!asks("{ data: { dataset: folder }, training: { fitDepths: false } }"));
  assert.ok(!asks("{ data: { dataset: folder }, model: { depthAdaptation: false } }"));
  assert.ok(!asks("{ data: { dataset: folder }, model: { name: fixed-cnn } }"));
});

Deno.test("fitDepths() puts what it fitted into the model, once, and says so", () => {
  const given = parseConfig("data: { dataset: folder }");
  const { config, fit } = fitDepths(given, COMPLEXITIES);
  assert.ok(fit !== null);
  assert.deepEqual(
    [config.model.stepsPerBit, config.model.complexityOffset, config.model.referenceComplexity],
    [fit.stepsPerBit, fit.complexityOffset, fit.referenceComplexity],
  );
  assert.match(
    describeFit(fit),
    /100 % of the training images would have 12 layers; fitted to them: kappa 3\.\d+/,
  );
  assert.deepEqual(fitDepths(config, COMPLEXITIES), { config, fit: null });
  const cifar = parseConfig("");
  assert.deepEqual(fitDepths(cifar, COMPLEXITIES), { config: cifar, fit: null });
});
