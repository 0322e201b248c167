import { butcherTableau } from "./butcher_tableau.ts";
import type { ButcherTableau } from "./butcher_tableau.ts";

/** The classical Runge-Kutta method: order 4, four evaluations a step (Kutta 1901). */
export const rk4: ButcherTableau = butcherTableau({
  name: "rk4",
  order: 4,
  stages: [[], [1 / 2], [0, 1 / 2], [0, 0, 1]],
  weights: [1 / 6, 1 / 3, 1 / 3, 1 / 6],
  nodes: [0, 1 / 2, 1 / 2, 1],
});
