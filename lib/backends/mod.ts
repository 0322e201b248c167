/**
 * What computes: the backends of TensorFlow.js that work under Deno, and the choice among them.
 *
 * @module
 */

export * from "./backend.ts";
export type { UnusedGpu } from "./cuda/explain_unused_gpu.ts";
export { currentBackend } from "./current_backend.ts";
export * from "./select_backend.ts";
