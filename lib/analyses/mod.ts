/**
 * How depth, complexity and work are spread over images, and how the size of models grows with their depth.
 *
 * @module
 */

export * from "./analyze_depth.ts";
export * from "./analyze_parameter_scaling.ts";
export * from "./analyze_trained.ts";
export * from "./choose_examples.ts";
export * from "./classify_images.ts";
export * from "./compare_measures.ts";
export * from "./depth_analysis.ts";
export * from "./describe_values.ts";
export * from "./distribution.ts";
export * from "./image_table.ts";
export * from "./measure_images.ts";
export * from "./paired_difference.ts";
export * from "./parameter_scaling.ts";
export * from "./routing_room.ts";
