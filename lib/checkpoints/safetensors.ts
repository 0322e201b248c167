/**
 * The safetensors format (https://github.com/huggingface/safetensors): how weights and optimizer state are kept.
 * It holds numbers only: reading a file from a stranger can fail, but runs nothing.
 */
export { type DecodedSafetensors, decodeSafetensors } from "./decode_safetensors.ts";
export { encodeSafetensors, type SafeTensor } from "./encode_safetensors.ts";
export type { SafetensorsDtype, TensorData } from "./safetensors_dtypes.ts";
