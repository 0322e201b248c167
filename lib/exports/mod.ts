/**
 * Trained models as networks for other programs: kernels generated, norms folded, one network per level.
 *
 * @module
 */

export * from "./baked_model.ts";
export * from "./network_format.ts";
export * from "./placed_layer.ts";
