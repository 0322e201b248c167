/**
 * Labelled images: known datasets, folders of pictures, splits, augmentation.
 *
 * @module
 */

export * from "./augmentation.ts";
export * from "./cifar_binary.ts";
export * from "./data_config.ts";
export { DATA_PARTS, type DataPart } from "./data_part.ts";
export * from "./dataset.ts";
export * from "./dataset_catalog.ts";
export * from "./dataset_manifest.ts";
export * from "./decoded_image.ts";
export * from "./download.ts";
export * from "./fetch_dataset.ts";
export * from "./fetch_options.ts";
export * from "./file_digest.ts";
export * from "./in_memory_dataset.ts";
export * from "./load_dataset.ts";
export * from "./fit_image.ts";
export * from "./prepare_image.ts";
export * from "./split.ts";
export * from "./standardization.ts";
export * from "./subset.ts";
export type { PassedOver } from "./passed_over.ts";
