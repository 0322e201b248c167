import assert from "node:assert/strict";
import { explainOutOfMemory } from "../../../lib/backends/out_of_memory.ts";
import { BackendError } from "../../../lib/errors.ts";

Deno.test("explainOutOfMemory() gives advice on what backends say when memory ends", () => {
  const size = "a training step of 8000 images";
  const messages = [
    "memory access out of bounds",
    "Array buffer allocation failed",
    "Invalid typed array length: 9000000000",
    "OOM when allocating tensor with shape[65536,512,32,32]",
    "std::bad_alloc",
  ];
  for (const message of messages) {
    const explained = explainOutOfMemory(new Error(message), size);
    assert.ok(explained instanceof BackendError, message);
    assert.match(
      explained.message,
      /^Cannot compute a training step of 8000 images: .*; lower batchSize \(--batch-size\), or take /,
    );
  }
  const resumed = explainOutOfMemory(new Error(messages[0]), size, "give --recompute");
  assert.match(`${resumed}`, /; give --recompute, or take backend tensorflow \(--backend\)/);
});

Deno.test("explainOutOfMemory() leaves other errors alone", () => {
  for (const error of [new RangeError("size must be positive"), new BackendError("x"), "text"]) {
    assert.equal(explainOutOfMemory(error, "a step"), error);
  }
});

Deno.test("explainOutOfMemory() knows what this engine says when a buffer is too large", () => {
  try {
    new Uint8Array(2 ** 52);
    assert.fail("the allocation succeeded");
  } catch (error) {
    assert.ok(explainOutOfMemory(error, "a step") instanceof BackendError, String(error));
  }
});
