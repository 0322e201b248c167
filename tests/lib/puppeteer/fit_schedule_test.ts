import assert from "node:assert/strict";
import { ComplexityLevels } from "../../../lib/puppeteer/complexity_levels.ts";
import { fitSchedule, MAX_STEPS_PER_BIT } from "../../../lib/puppeteer/fit_schedule.ts";
import { stepCount } from "../../../lib/puppeteer/step_schedule.ts";

const RULE = { stepsPerBit: 0.8, minSteps: 6, maxSteps: 12 };

function ramp(from: number, to: number, count = 200): Float64Array {
  return Float64Array.from({ length: count }, (_, at) => from + (to - from) * at / (count - 1));
}

Deno.test("fitSchedule() leaves a rule alone that spreads the images, and images that are all alike", () => {
  assert.equal(fitSchedule(ramp(8, 15), RULE), null);
  assert.equal(fitSchedule(new Float64Array(50).fill(17), RULE), null);
  assert.equal(fitSchedule(new Float64Array(0), RULE), null);
  assert.equal(fitSchedule(ramp(16, 18), { ...RULE, minSteps: 12 }), null);
});

Deno.test("fitSchedule() gives every depth its share, above and below CIFAR's complexities", () => {
  // The last ones are much alike, as noise of 224 x 224 pixels is.
  const ranges = [[16, 18], [0.2, 6.5], [200, 260], [22.993, 23.008], [2300.1, 2300.115]] as const;
  for (const [from, to] of ranges) {
    const complexities = ramp(from, to);
    const fit = fitSchedule(complexities, RULE);
    assert.ok(fit !== null && fit.shareBefore >= 0.9, `${from}..${to}`);
    const counts = new Map<number, number>();
    for (const complexity of complexities) {
      const depth = stepCount(complexity, { ...RULE, ...fit });
      counts.set(depth, (counts.get(depth) ?? 0) + 1);
    }
    assert.deepEqual([...counts.keys()].sort((a, b) => a - b), [6, 7, 8, 9, 10, 11, 12]);
    assert.ok([...counts.values()].every((count) => count >= 15), `${[...counts]}`);
    assert.ok(Math.abs(fit.referenceComplexity - (from + to) / 2) < (to - from) / 100 + 1e-3 * to);
  }
});

Deno.test("fitSchedule() fits no kappa that a configuration refuses, and no other rule for nearly equal images", () => {
  const complexities = ramp(24.0001, 24.0031);
  const fit = fitSchedule(complexities, RULE);
  assert.equal(fit?.stepsPerBit, MAX_STEPS_PER_BIT);
  const depths = complexities.map((complexity) => stepCount(complexity, { ...RULE, ...fit! }));
  assert.deepEqual([depths[0], depths.at(-1)], [6, 9]);
});

Deno.test("fitSchedule() gives a reference above 0 where most images are of one colour", () => {
  const fit = fitSchedule(Float64Array.of(...new Float64Array(60), ...ramp(1, 3, 40)), RULE);
  assert.ok(fit !== null && fit.quantiles.low === 0 && fit.quantiles.median === 0);
  assert.equal(fit.referenceComplexity, Number((fit.quantiles.high / 2).toPrecision(4)));
});

Deno.test("ComplexityLevels moves with its offset: levels, routing and scale", () => {
  const options = {
    ...RULE,
    depthAdaptation: true,
    parameterAdaptation: true,
    fixedDepth: 10,
    levelsPerDepth: 2,
    referenceComplexity: 12.5,
  };
  const plain = new ComplexityLevels(options);
  const moved = new ComplexityLevels({ ...options, complexityOffset: 4 });
  for (const [index, level] of plain.list.entries()) {
    assert.ok(Math.abs(moved.list[index]!.complexity - level.complexity - 4) < 1e-9);
    assert.equal(moved.levelOf(level.complexity + 4), index);
    assert.equal(moved.list[index]!.depth, level.depth);
  }
  const below = new ComplexityLevels({ ...options, complexityOffset: -100 });
  assert.ok(below.list.every(({ complexity, scale }) => complexity === 0 && scale === 0));
});

Deno.test("fitSchedule() fits a rule that sends nine images in ten to one depth", () => {
  const fitOf = (alike: number) =>
    fitSchedule(Float64Array.of(...ramp(16, 18, alike), ...ramp(8, 9, 100 - alike)), RULE);
  assert.equal(fitOf(89), null);
  assert.equal(fitOf(91)?.shareBefore, 0.91);
});
