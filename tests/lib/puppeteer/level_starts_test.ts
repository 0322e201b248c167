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
