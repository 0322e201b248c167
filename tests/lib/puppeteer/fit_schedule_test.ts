import assert from "node:assert/strict";
import { ComplexityLevels } from "../../../lib/puppeteer/complexity_levels.ts";
import { fitSchedule } from "../../../lib/puppeteer/fit_schedule.ts";
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
  for (const [from, to] of [[16, 18], [0.2, 6.5], [200, 260]] as const) {
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
