/**
 * The puppeteer: a small neural ODE whose trajectory becomes the kernels of a network.
 *
 * @module
 */

export * from "./complexity_levels.ts";
export * from "./dynamics.ts";
export * from "./initial_state.ts";
export * from "./integrate.ts";
export * from "./puppeteer.ts";
export * from "./solvers/butcher_tableau.ts";
export * from "./solvers/solver_registry.ts";
export * from "./step_schedule.ts";
export * from "./fit_schedule.ts";
