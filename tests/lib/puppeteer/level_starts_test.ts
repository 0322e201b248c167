import assert from "node:assert/strict";
import { ComplexityLevels } from "../../../lib/puppeteer/complexity_levels.ts";
import { levelStarts } from "../../../lib/puppeteer/level_starts.ts";

Deno.test("levelStarts() are the first doubles that are routed to their level", () => {
  for (const levelsPerDepth of [1, 3]) {
    for (const depthAdaptation of [true, false]) {
      const levels = new ComplexityLevels({
        ...{ stepsPerBit: 0.8, minSteps: 6, maxSteps: 12, parameterAdaptation: true },
        ...{ depthAdaptation, fixedDepth: 10, levelsPerDepth },
        ...{ referenceComplexity: 12.5 },
      });
      const starts = levelStarts(levels);
      assert.equal(starts.length, 7 * levelsPerDepth);
      assert.equal(starts[0]!.from, 0);
      for (const { index, from } of starts.slice(1)) {
        assert.equal(levels.levelOf(from), index);
        assert.equal(levels.levelOf(from * (1 - 2 ** -52)), index - 1);
      }
    }
  }
});

Deno.test("levelStarts() gives 0 to the level that holds it, whichever that is", () => {
  for (const complexityOffset of [-9.9, -8.5, -100]) {
    const levels = new ComplexityLevels({
      ...{ stepsPerBit: 0.8, minSteps: 6, maxSteps: 12, parameterAdaptation: true },
      ...{ depthAdaptation: true, fixedDepth: 10, levelsPerDepth: 1 },
      ...{ referenceComplexity: 12.5, complexityOffset },
    });
    const starts = levelStarts(levels);
    const atZero = starts.filter(({ from }) => from <= 0);
    assert.ok(levels.levelOf(0) > 0);
    assert.equal(atZero.at(-1)!.index, levels.levelOf(0), `${complexityOffset}`);
    for (const { index, from } of starts.slice(levels.levelOf(0))) {
      assert.equal(levels.levelOf(from), index);
    }
  }
});
