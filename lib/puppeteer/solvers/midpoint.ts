import { butcherTableau } from "./butcher_tableau.ts";
import type { ButcherTableau } from "./butcher_tableau.ts";

/** Explicit midpoint method: order 2, two evaluations a step (Runge 1895). */
export const midpoint: ButcherTableau = butcherTableau({
  name: "midpoint",
  order: 2,
  stages: [[], [1 / 2]],
  weights: [0, 1],
  nodes: [0, 1 / 2],
});
