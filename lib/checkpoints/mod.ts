/**
 * Checkpoints on disk: one folder each with a manifest of checksums, pointer files (`last`, `best`, `previous`) that name
 * them, and the safetensors format (https://github.com/huggingface/safetensors) for their numbers: reading a file from a
 * stranger can fail, but runs nothing.
 *
 * @module
 */

export { parseCheckpointPointer } from "./checkpoint_pointer.ts";
export { type DecodedSafetensors, decodeSafetensors } from "./decode_safetensors.ts";
export { encodeSafetensors } from "./encode_safetensors.ts";
export { loadCheckpoint, type LoadedCheckpoint } from "./load_checkpoint.ts";
export type { SafeTensor, SafetensorsDtype, TensorData } from "./safetensors_dtypes.ts";
export {
  type CheckpointContent,
  saveCheckpoint,
  type SaveCheckpointOptions,
} from "./save_checkpoint.ts";
