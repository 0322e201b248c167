import assert from "node:assert/strict";
import { drawStatePath, statePath } from "../../../lib/page/state_path.ts";

Deno.test("statePath() keeps the distances of points that lie in a plane", () => {
  // On a plane in three dimensions.
  const corners = [[0, 0, 0], [2, 1, 0], [4, 0, 0], [6, -3, 0]];
  const points = statePath(corners.map((corner) => Float32Array.from(corner)));
  for (const [i, left] of corners.entries()) {
    for (const [j, right] of corners.entries()) {
      const found = Math.hypot(points[i]!.x - points[j]!.x, points[i]!.y - points[j]!.y);
      const expected = Math.hypot(...left.map((value, axis) => value - right[axis]!));
      assert.ok(Math.abs(found - expected) < 1e-6, `${i} ${j}: ${found} for ${expected}`);
    }
  }
  assert.ok(points[3]!.x > points[0]!.x);
});

Deno.test("drawStatePath() draws a dot per state, equal states too", () => {
  for (const count of [1, 2, 13]) {
    const svg = drawStatePath(Array.from({ length: count }, () => new Float32Array(4)));
    assert.equal(svg.match(/<circle/g)!.length, count);
    assert.doesNotMatch(svg, /NaN|Infinity/);
  }
});
