import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder from which onnxruntime and the converter of TensorFlow.js are found, where they are installed. */
export const runtimesFolder: string = fileURLToPath(new URL("../runtimes", import.meta.url));

const isInstalled = existsSync(join(runtimesFolder, "node_modules", "onnxruntime-web"));

/**
 * Registers a test that runs exports in the programs they are for. They are 200 MB and nothing else needs them, so they
 * have a configuration of their own; where they are missing the test says so, except in CI, where it fails.
 */
export function testWithRuntimes(name: string, fn: () => Promise<void>): void {
  const ignore = !isInstalled && Deno.env.get("CI") === undefined;
  Deno.test({
    name: ignore ? `${name} (run "deno task install-runtimes")` : name,
    ignore,
    // onnxruntime keeps the file of its WebAssembly module open until the process ends.
    sanitizeResources: false,
    sanitizeOps: false,
    fn,
  });
}
