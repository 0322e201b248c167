/**
 * Named sets of trainable tensors.
 *
 * @module
 */

export * from "./parameter_set.ts";
