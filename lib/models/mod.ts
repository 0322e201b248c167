/**
 * The models by name: their layers, their sizes, and classifiers with initial weights.
 *
 * @module
 */

export * from "./count_model.ts";
export * from "./list_model.ts";
export * from "./create_classifier.ts";
export * from "./model_config.ts";
export * from "./model_layers.ts";
export * from "./model_names.ts";
export * from "./model_registry.ts";
