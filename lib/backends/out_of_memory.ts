import { BackendError } from "../errors.ts";

/** How V8, WebAssembly, TensorFlow and WebGPU say that memory has come to its end. */
const SIGNS = [
  /memory access out of bounds/i,
  /out of memory/i,
  /array buffer allocation failed/i,
  /invalid (?:typed )?array(?: buffer)? length/i,
  /could not allocate memory/i,
  /cannot enlarge memory/i,
  /\bOOM\b/,
  /resource exhausted|ResourceExhausted/,
  /std::bad_alloc/,
];

/** Memory came to its end: another run, or the same one made smaller, may well go through. */
export class OutOfMemoryError extends BackendError {
  /** Name of the class, for messages. */
  override name = "OutOfMemoryError";
}

/**
 * Tells errors that come from a lack of memory from all others, and gives them advice. Backends throw them as they
 * come: WebAssembly, whose memory ends at a few GB, reports an access out of bounds.
 *
 * @param error Whatever was thrown.
 * @param size What was computed, for the message: `"a training step of 64 images"`.
 * @param remedy What lowers it, by names that the caller knows: `"lower batchSize (--batch-size)"`.
 * @returns An `OutOfMemoryError` with advice, or the error itself.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const thrown = new WebAssembly.RuntimeError("memory access out of bounds");
 * assert.match(`${explainOutOfMemory(thrown, "a batch of 8000 images")}`, /lower batchSize \(--batch-size\)/);
 * assert.equal(explainOutOfMemory("other", "a batch"), "other");
 * ```
 */
export function explainOutOfMemory(
  error: unknown,
  size: string,
  remedy = "lower batchSize (--batch-size)",
): unknown {
  if (!(error instanceof Error) || error instanceof BackendError) return error;
  if (!SIGNS.some((sign) => sign.test(error.message))) return error;
  return new OutOfMemoryError(
    `Cannot compute ${size}: the backend ran out of memory (${
      error.message.split("\n")[0]?.slice(0, 120)
    }); ${remedy}, or take backend tensorflow (--backend), whose memory is the machine's`,
    { cause: error },
  );
}
