import { butcherTableau } from "./butcher_tableau.ts";
import type { ButcherTableau } from "./butcher_tableau.ts";

/** Heun's method, the explicit trapezoidal rule: order 2, two evaluations a step (Heun 1900). */
export const heun: ButcherTableau = butcherTableau({
  name: "heun",
  order: 2,
  stages: [[], [1]],
  weights: [1 / 2, 1 / 2],
  nodes: [0, 1],
});
