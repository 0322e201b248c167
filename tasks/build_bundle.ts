/**
 * `deno task build-bundle`: the whole command line as one script with the few files that it needs beside it, in
 * dist/bundle. It runs under `deno run` from any folder without packages, cache or network, and it is what
 * `deno task compile` puts into the binary.
 */
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PuppetError } from "../lib/errors.ts";
import { toolkitFile } from "../lib/files/toolkit_file.ts";
import { installFolder } from "../lib/datasets/install_folder.ts";
import { TOOLKIT_VERSION } from "../lib/runs/toolkit_version.ts";
import { buildPage, WASM_FILES, wasmFolder } from "./build_page.ts";
import { npmFiles } from "./bundle/npm_package.ts";
import { BUNDLE_SCRIPT, relocate, workerFile } from "./bundle/relocate.ts";
import { runTool } from "./native/run_tool.ts";
import { readTaskArguments, refusePositionals, runTask } from "./task_options.ts";

const HELP = `Builds the whole command line as one script with its files, in dist/bundle.

Usage: deno task build-bundle`;

/** Most that the bundle may weigh, with its files, in bytes. */
export const MAX_BUNDLE_BYTES = 20_000_000;

/** Files and folders of the repository that go along. */
const SHIPPED = ["models/puppet-cnn-cifar10", "dist/page", "LICENSE"];

async function copyTree(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) {
    await Deno.mkdir(dirname(to), { recursive: true });
    return await Deno.copyFile(from, to);
  }
  for await (const { name } of Deno.readDir(from)) await copyTree(join(from, name), join(to, name));
}

/** Sources of `lib` and `cli` by their file names, for the programs of workers. */
async function findSource(name: string, folder: string): Promise<string | null> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isFile && entry.name === basename(name)) return path;
    const found = entry.isDirectory ? await findSource(name, path) : null;
    if (found !== null) return found;
  }
  return null;
}

/** Bundles a program into a folder, with the programs of its workers and the files of packages that it reads. */
async function addProgram(source: string, target: string): Promise<void> {
  const staged = `${target}.staged.js`;
  await runTool([Deno.execPath(), "bundle", "--minify", "--quiet", "--output", staged, source], {
    purpose: `bundle ${source}`,
  });
  const { script, workers, packageFiles } = relocate(await Deno.readTextFile(staged));
  await Deno.remove(staged);
  await Deno.writeTextFile(target, script);
  const folder = dirname(target);
  for (const specifier of packageFiles) {
    const file = fileURLToPath(import.meta.resolve(specifier));
    // A package by itself stands for the folder of its files, which are added by their names.
    if (!specifier.endsWith(".wasm")) continue;
    await Deno.copyFile(file, join(folder, basename(file)));
  }
  for (const worker of workers) {
    const path = await findSource(worker, fileURLToPath(toolkitFile("lib/")));
    if (path === null) throw new PuppetError(`Cannot bundle ${worker}: lib has no such file`);
    await addProgram(path, join(folder, workerFile(basename(worker))));
  }
}

async function sizeOf(path: string): Promise<number> {
  const { isFile, size } = await Deno.stat(path);
  if (isFile) return size;
  let total = 0;
  for await (const { name } of Deno.readDir(path)) total += await sizeOf(join(path, name));
  return total;
}

/**
 * Builds the bundle.
 *
 * @returns Its folder and the bytes in it.
 * @throws {PuppetError} if it is larger than it may be.
 */
export async function buildBundle(): Promise<{ readonly folder: string; readonly bytes: number }> {
  await buildPage();
  const folder = fileURLToPath(toolkitFile("dist/bundle"));
  await installFolder(folder, async (stage) => {
    await addProgram(fileURLToPath(toolkitFile("cli/puppet-cnn.ts")), join(stage, BUNDLE_SCRIPT));
    for (const name of WASM_FILES) await Deno.copyFile(join(wasmFolder(), name), join(stage, name));
    for (const path of SHIPPED) await copyTree(fileURLToPath(toolkitFile(path)), join(stage, path));
    for (const [name, content] of Object.entries(npmFiles(TOOLKIT_VERSION))) {
      await Deno.writeTextFile(join(stage, name), content);
    }
    const bytes = await sizeOf(stage);
    if (bytes <= MAX_BUNDLE_BYTES) return;
    throw new PuppetError(
      `Cannot bundle: ${bytes} bytes are more than the ${MAX_BUNDLE_BYTES} allowed; see what was added with "du -a"`,
    );
  });
  return { folder, bytes: await sizeOf(folder) };
}

if (import.meta.main) {
  await runTask(async () => {
    refusePositionals(readTaskArguments(HELP, {}).positionals);
    const { folder, bytes } = await buildBundle();
    console.log(`built ${folder}: ${(bytes / 1e6).toFixed(1)} MB`);
  });
}
