import assert from "node:assert/strict";
import { ComplexityLevels } from "../../../lib/puppeteer/complexity_levels.ts";
import { stepCount } from "../../../lib/puppeteer/step_schedule.ts";

const OPTIONS = {
  stepsPerBit: 0.8,
  minSteps: 6,
  maxSteps: 12,
  depthAdaptation: true,
  parameterAdaptation: true,
  fixedDepth: 10,
  levelsPerDepth: 1,
  referenceComplexity: 12.5,
};

Deno.test("ComplexityLevels has one level per depth, standing for H = N / kappa", () => {
  const { list } = new ComplexityLevels(OPTIONS);
  assert.deepEqual(list.map(({ depth }) => depth), [6, 7, 8, 9, 10, 11, 12]);
  for (const { depth, complexity, scale } of list) {
    assert.ok(Math.abs(complexity - depth / 0.8) < 1e-12);
    assert.ok(Math.abs(scale - complexity / 12.5) < 1e-12);
  }
});

Deno.test("ComplexityLevels.levelOf() agrees with the depth of the image, however fine the levels", () => {
  for (const levelsPerDepth of [1, 2, 5]) {
    const levels = new ComplexityLevels({ ...OPTIONS, levelsPerDepth });
    assert.equal(levels.list.length, 7 * levelsPerDepth);
    let before = 0;
    for (let complexity = 0; complexity < 17; complexity += 0.003) {
      const index = levels.levelOf(complexity);
      assert.equal(levels.list[index]!.depth, stepCount(complexity, OPTIONS));
      assert.ok(index >= before, "levels follow complexity");
      before = index;
    }
    assert.equal(before, levels.list.length - 1);
  }
});

Deno.test("ComplexityLevels.levelOf() finds the level whose complexity is nearest", () => {
  const levels = new ComplexityLevels({ ...OPTIONS, levelsPerDepth: 4 });
  for (const { index, complexity } of levels.list) {
    assert.equal(levels.levelOf(complexity), index);
    assert.equal(levels.levelOf(complexity + 0.15), index);
    assert.equal(levels.levelOf(complexity - 0.15), index);
  }
});

Deno.test("ComplexityLevels without depth adaptation keeps the fixed depth", () => {
  const { list } = new ComplexityLevels({ ...OPTIONS, depthAdaptation: false });
  assert.equal(list.length, 7);
  assert.ok(list.every(({ depth }) => depth === 10));
  assert.equal(new Set(list.map(({ scale }) => scale)).size, 7);
});

Deno.test("ComplexityLevels without parameter adaptation keeps phi = 1", () => {
  const { list } = new ComplexityLevels({ ...OPTIONS, parameterAdaptation: false });
  assert.ok(list.every(({ scale }) => scale === 1));
});

Deno.test("ComplexityLevels without any adaptation has one level", () => {
  const levels = new ComplexityLevels({
    ...OPTIONS,
    depthAdaptation: false,
    parameterAdaptation: false,
  });
  assert.deepEqual(levels.list, [{ index: 0, complexity: 12.5, depth: 10, scale: 1 }]);
  assert.equal(levels.levelOf(3), 0);
});

Deno.test("ComplexityLevels.exactLevel() gives an image its own phi(H)", () => {
  const level = new ComplexityLevels(OPTIONS).exactLevel(11.3);
  assert.deepEqual(level, { index: 3, complexity: 11.3, depth: 9, scale: 11.3 / 12.5 });
});

Deno.test("ComplexityLevels.levelOfDepth() is the middle level of its depth", () => {
  const levels = new ComplexityLevels({ ...OPTIONS, levelsPerDepth: 3 });
  assert.equal(levels.levelOfDepth(7), 4);
  assert.equal(levels.levelOfDepth(13), null);
});
