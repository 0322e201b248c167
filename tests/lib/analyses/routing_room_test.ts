import assert from "node:assert/strict";
import { findRoutingRoom } from "../../../lib/analyses/routing_room.ts";

/** Four images through a shallow level of 1 multiply-add and a deep one of 3. */
const SHALLOW = {
  right: Uint8Array.of(1, 0, 1, 0),
  loss: Float64Array.of(0.1, 2, 0.2, 3),
  multiplyAdds: new Float64Array(4).fill(1),
};
const DEEP = {
  right: Uint8Array.of(1, 1, 0, 0),
  loss: Float64Array.of(0.2, 0.5, 1.2, 2),
  multiplyAdds: new Float64Array(4).fill(3),
};

Deno.test("findRoutingRoom() finds the ceiling, and how near the order of each measure comes to it", () => {
  const { oracle, measures } = findRoutingRoom([SHALLOW, DEEP], {
    counts: [3, 1],
    measures: [
      // Depth gains the images -0.1, 1.5, -1 and 1.
      { name: "knows", values: Float64Array.of(2, 9, 1, 3) },
      { name: "errs", values: Float64Array.of(2, 0, 9, 1) },
      { name: "constant", values: new Float64Array(4).fill(5) },
    ],
  });
  // The fourth image is right nowhere, and costs least at the shallow level.
  assert.deepEqual(oracle, { top1: 0.75, multiplyAdds: 1.5 });
  const [knows, errs, constant] = measures;
  assert.deepEqual([knows!.name, knows!.top1, knows!.gain.spearman], ["knows", 0.75, 1]);
  assert.deepEqual([errs!.top1, errs!.gain.spearman], [0.25, -1]);
  // In the order of the images: the first three take the shallow level.
  assert.deepEqual([constant!.top1, constant!.gain.spearman], [0.5, null]);
});
