/**
 * Functions of input and weights that run the layers of an architecture.
 *
 * @module
 */

export * from "./batch_norm.ts";
export * from "./run_layers.ts";
