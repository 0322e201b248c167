import assert from "node:assert/strict";
import { complexityRange, complexityScale } from "../../../lib/page/complexity_scale.ts";

const LEVELS = [6, 7, 7].map((depth, index) => ({
  ...{ index, depth, scale: 1, complexity: 7 + index, from: index === 0 ? 0 : 6.5 + index },
}));

const OPTIONS = {
  ...{ levels: LEVELS, complexity: 9, level: 2, unit: "bits", width: 600 },
  range: [5, 11] as const,
};

Deno.test("complexityScale() has a band per depth and marks the one in use", () => {
  const svg = complexityScale({ ...OPTIONS, histogram: null });
  assert.equal(svg.match(/<rect class="band/g)!.length, 2);
  assert.match(svg, /<rect class="band on" x="250" y="\d+" width="350\.0"/);
  assert.doesNotMatch(svg, /class="bar"/);
  assert.match(svg, /aria-label="Complexity 9\.00 bits"/);
});

Deno.test("complexityScale() keeps marks and bars within the drawing", () => {
  const bins = [{ from: 4, to: 6, count: 3 }, { from: 6, to: 20, count: 1 }];
  const svg = complexityScale({ ...OPTIONS, complexity: 99, histogram: { images: 4, bins } });
  assert.match(svg, /<circle class="dot" cx="600"/);
  assert.equal(svg.match(/<rect class="bar"/g)!.length, 2);
  assert.match(svg, /on the spread of 4 training images/);
});

Deno.test("complexityRange() has room for levels, training images and the picture", () => {
  assert.deepEqual(complexityRange(LEVELS, null, 8), [6, 10]);
  assert.deepEqual(complexityRange(LEVELS, null, 0), [0, 10]);
  assert.deepEqual(complexityRange(LEVELS, null, 12.3), [6, 13]);
  const bins = [{ from: 4.5, to: 6, count: 3 }, { from: 6, to: 11.5, count: 1 }];
  assert.deepEqual(complexityRange(LEVELS, { images: 4, bins }, 8), [4, 12]);
  // A network of one level has the reference complexity alone.
  const [only] = LEVELS.map((level) => ({ ...level, complexity: 12.5 }));
  assert.deepEqual(complexityRange([only!], { images: 4, bins }, 8), [4, 14]);
});
