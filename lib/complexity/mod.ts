/**
 * The complexity of images: entropy in space and frequency, and other measures.
 *
 * @module
 */

export * from "./complexity_measure.ts";
export * from "./measure_complexity.ts";
export * from "./measure_registry.ts";
