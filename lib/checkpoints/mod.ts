/**
 * Checkpoints on disk: the safetensors format, and folders that survive a crash.
 *
 * @module
 */

export * from "./checkpoint_store.ts";
export * from "./safetensors.ts";
