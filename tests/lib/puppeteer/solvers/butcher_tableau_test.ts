import assert from "node:assert/strict";
import { butcherTableau } from "../../../../lib/puppeteer/solvers/butcher_tableau.ts";

const MIDPOINT = { name: "test", order: 2, stages: [[], [0.5]], weights: [0, 1], nodes: [0, 0.5] };

Deno.test("butcherTableau() accepts a consistent explicit tableau", () => {
  assert.equal(butcherTableau(MIDPOINT), MIDPOINT);
});

Deno.test("butcherTableau() refuses weights that do not sum to 1", () => {
  assert.throws(
    () => butcherTableau({ ...MIDPOINT, weights: [0.1, 1] }),
    /weights must sum to 1, current value is 1\.1/,
  );
});

Deno.test("butcherTableau() refuses a row that does not sum to its node", () => {
  assert.throws(
    () => butcherTableau({ ...MIDPOINT, nodes: [0, 0.4] }),
    /row 1 must sum to its node 0\.4/,
  );
});

Deno.test("butcherTableau() refuses implicit and ragged tableaux", () => {
  assert.throws(() => butcherTableau({ ...MIDPOINT, stages: [[0.5], [0.5]] }), /stage 0/);
  assert.throws(() => butcherTableau({ ...MIDPOINT, weights: [1] }), /equally many/);
});
