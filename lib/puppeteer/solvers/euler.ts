import { butcherTableau } from "./butcher_tableau.ts";
import type { ButcherTableau } from "./butcher_tableau.ts";

/** Explicit Euler: order 1, one evaluation a step; the paper's method (Eq. 3) and the default. */
export const euler: ButcherTableau = butcherTableau({
  name: "euler",
  order: 1,
  stages: [[]],
  weights: [1],
  nodes: [0],
});
