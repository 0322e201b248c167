/**
 * The puppet: networks whose kernels are generated, and banks of kernels per level.
 *
 * @module
 */

export * from "./exact_network.ts";
export * from "./generated_kernels.ts";
export * from "./kernel_bank.ts";
export * from "./kernel_resizing.ts";
export * from "./level_classifier.ts";
export * from "./level_networks.ts";
