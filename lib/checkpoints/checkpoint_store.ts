/**
 * Checkpoints on disk: one folder each with a manifest of checksums, and the pointer files `last`, `best` and `previous`
 * that name them.
 */
export { parseCheckpointPointer } from "./checkpoint_pointer.ts";
export { loadCheckpoint, type LoadedCheckpoint } from "./load_checkpoint.ts";
export {
  type CheckpointContent,
  saveCheckpoint,
  type SaveCheckpointOptions,
} from "./save_checkpoint.ts";
