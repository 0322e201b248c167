/**
 * `deno task build-page`: the scripts of the page that `export --format web` writes, for browsers, into dist/page.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { replaceFile } from "../lib/files/atomic_write.ts";
import { toolkitFile } from "../lib/files/toolkit_file.ts";
import { asScript, WASM_VARIABLE } from "../lib/page/page_data.ts";
import { runTool } from "./native/run_tool.ts";
import { readTaskArguments, refusePositionals, runTask } from "./task_options.ts";

const HELP = `Builds the scripts of the page that "export --format web" writes, into dist/page.

Usage: deno task build-page`;

/** Files of TensorFlow.js that compute; those with threads need headers that a page from a disk does not have. */
export const WASM_FILES: readonly string[] = [
  "tfjs-backend-wasm.wasm",
  "tfjs-backend-wasm-simd.wasm",
];

/** Folder of the WebAssembly files of TensorFlow.js. */
export function wasmFolder(): string {
  const packaged = dirname(fileURLToPath(import.meta.resolve("@tensorflow/tfjs-backend-wasm")));
  return packaged.endsWith("dist") ? packaged : join(packaged, "dist");
}

/**
 * Builds the scripts.
 *
 * @returns The folder that holds them.
 */
export async function buildPage(): Promise<string> {
  const folder = fileURLToPath(toolkitFile("dist/page/"));
  const entry = fileURLToPath(toolkitFile("lib/page/page.ts"));
  await Deno.mkdir(folder, { recursive: true });
  const staged = await Deno.makeTempFile({ dir: folder, suffix: ".js" });
  try {
    const options = ["--platform", "browser", "--format", "iife", "--minify", "--quiet"];
    await runTool([Deno.execPath(), "bundle", ...options, "--output", staged, entry], {
      purpose: "bundle the page",
    });
    await replaceFile(join(folder, "page.js"), await Deno.readFile(staged));
  } finally {
    await Deno.remove(staged);
  }
  const files: Record<string, string> = {};
  for (const name of WASM_FILES) {
    files[name] = (await Deno.readFile(join(wasmFolder(), name))).toBase64();
  }
  await replaceFile(join(folder, "wasm.js"), asScript(WASM_VARIABLE, files));
  return folder;
}

if (import.meta.main) {
  await runTask(async () => {
    refusePositionals(readTaskArguments(HELP, {}).positionals);
    console.log(`built ${await buildPage()}`);
  });
}
