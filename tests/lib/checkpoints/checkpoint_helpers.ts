import assert from "node:assert/strict";
import { join } from "node:path";
import type { LoadedCheckpoint } from "../../../lib/checkpoints/load_checkpoint.ts";
import type { CheckpointContent } from "../../../lib/checkpoints/save_checkpoint.ts";

/** Runs a test with a folder that does not exist yet, and removes it afterwards. */
export async function withFolder(test: (root: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(join(folder, "checkpoints"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A checkpoint whose bytes follow from `mark`. */
export function contentOf(step: number, best = false, mark = step): CheckpointContent {
  const files = new Map<string, Uint8Array>([
    ["weights.safetensors", new Uint8Array(1_000).fill(mark % 251)],
    ["state.json", new TextEncoder().encode(`{"mark":${mark}}\n`)],
  ]);
  return { step, best, files };
}

/** Names in a folder, sorted. */
export function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** Names of checkpoint folders, sorted. */
export function folders(root: string): string[] {
  return names(root).filter((name) => name.startsWith("step-"));
}

/** The name in a pointer file. */
export function pointer(root: string, name: string): string {
  return Deno.readTextFileSync(join(root, name)).trim();
}

/** Checks step and files of a loaded checkpoint. */
export function assertContent(loaded: LoadedCheckpoint, expected: CheckpointContent): void {
  assert.equal(loaded.step, expected.step);
  assert.deepEqual(new Map([...loaded.files].sort()), new Map([...expected.files].sort()));
}
