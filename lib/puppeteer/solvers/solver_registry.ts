import { euler } from "./euler.ts";
import { heun } from "./heun.ts";
import { midpoint } from "./midpoint.ts";
import { rk4 } from "./rk4.ts";
import type { ButcherTableau } from "./butcher_tableau.ts";

/** Names of the solvers. */
export type SolverName = "euler" | "midpoint" | "heun" | "rk4";

/** All solvers by name. */
export const solvers: Readonly<Record<SolverName, ButcherTableau>> = { euler, midpoint, heun, rk4 };
