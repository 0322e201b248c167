import { decodeCheckpoint } from "../training/decode_checkpoint.ts";
import type { HistogramBin } from "../analyses/distribution.ts";
import type { ModelCard } from "../training/checkpoint_card.ts";
import type { TrainingCheckpoint } from "../training/decode_checkpoint.ts";

/** How the complexity of the training images is spread, in the unit of the model's measure. */
export interface ComplexityHistogram {
  /** Number of images. */
  readonly images: number;
  /** Images by complexity. */
  readonly bins: readonly HistogramBin[];
}

/** Everything that the page knows of a model. */
export interface PageData {
  /** What the checkpoint says about the model. */
  readonly card: ModelCard;
  /** Seed of the initial weights; makes what a model does not store. */
  readonly seed: number;
  /** Side to which pictures are resized before the centre is cut out. */
  readonly resizeTo: number;
  /** Files of the checkpoint by name, base64. */
  readonly files: Readonly<Record<string, string>>;
  /** Spread of the training images; `null` where they were not at hand. */
  readonly histogram: ComplexityHistogram | null;
  /** Version of the toolkit. */
  readonly version: string;
}

/** Name under which a script keeps the model. */
export const MODEL_VARIABLE = "puppetModel";

/** Name under which a script keeps the WebAssembly files of TensorFlow.js, base64 by name. */
export const WASM_VARIABLE = "puppetWasm";

/**
 * Writes a value as a script: a page that was opened from a disk may run scripts beside it, but read no files.
 *
 * @param variable Name of the global variable.
 * @param value A value that JSON can hold.
 * @returns The script.
 */
export function asScript(variable: string, value: unknown): string {
  return `globalThis.${variable} = ${JSON.stringify(value)};\n`;
}

/**
 * Decodes the checkpoint in the data of a page.
 *
 * @param data The data.
 * @returns The checkpoint.
 * @throws {CheckpointError} if it is damaged.
 */
export function checkpointOf(data: PageData): TrainingCheckpoint {
  const files = Object.entries(data.files).map(([name, text]) =>
    [name, Uint8Array.fromBase64(text)] as const
  );
  return decodeCheckpoint(new Map(files), "of the page");
}
