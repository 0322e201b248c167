/**
 * What every model of the toolkit is: forward pass, networks for inference, batch-norm statistics.
 *
 * @module
 */

export * from "./classifier.ts";
export * from "./compute_level_statistics.ts";
export * from "./layer_weights.ts";
export * from "./level_statistics.ts";
