/**
 * Packs what a visit to a machine without network needs beside the repository, into a folder to carry along:
 * Deno's binary, the packages of the lock file, the Vulkan loader of this machine, and `visit.sh`, which unpacks them there and runs
 * a script with them. The GPU's driver must be on that machine; native TensorFlow, of several GB, is not in the pack.
 * Both machines must have the same operating system and processor.
 *
 * To see beforehand that nothing is missing, run it here without network and without this machine's caches:
 *
 *     unshare -n env -i PATH=/usr/bin:/bin sh FOLDER/visit.sh tasks/gpu_proof.ts --smoke
 */
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../lib/errors.ts";
import { withTemporaryFolder } from "../lib/files/with_temporary_folder.ts";
import { runTool } from "./native/run_tool.ts";
import { readPositive, readTaskArguments, refusePositionals, runTask } from "./task_options.ts";

const HELP =
  `Packs what a GPU proof needs on a machine without network: Deno, the packages, the Vulkan loader.

Usage: deno task pack-visit FOLDER [options]

  --limit MIB   largest size that is allowed (default: 64)
  --debug       show stack traces of errors
  -h, --help    show this help

Native TensorFlow, of several GB, is not in the pack. Exits with 1 if the pack is larger.`;

/** Files of packages that are never loaded: other forms of the same code, sources' maps, types, tests. */
const LEFT_OUT = [
  /\.map$/,
  /\.[cm]?ts$/,
  /\.flow$/,
  /\.min\.js(?:\.html)?$/,
  /\.(?:es2017|fesm)\.js$/,
  /_test\.js$/,
  /\.tsbuildinfo$/,
  /\.md$/i,
];

const MEBIBYTE = 2 ** 20;

/** What `deno info --json` says of a program, as far as it is used here. */
interface ModuleGraph {
  readonly npmPackages: Readonly<Record<string, { readonly localPath: string }>>;
}

/**
 * Whether a file of a package is packed.
 *
 * @param path Its path.
 */
export function isPacked(path: string): boolean {
  return !LEFT_OUT.some((pattern) => pattern.test(path));
}

async function copyPackage(folder: string, target: string): Promise<void> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const [from, to] = [join(folder, name), join(target, name)];
    if (isDirectory) await copyPackage(from, to);
    if (!isFile || !isPacked(from)) continue;
    await Deno.mkdir(target, { recursive: true });
    await Deno.copyFile(from, to);
  }
}

/**
 * Copies the packages into a cache folder of the same layout: all of the lock file, since Deno wants to see every one
 * before it loads the first.
 */
async function copyCache(cache: string): Promise<void> {
  const own = JSON.parse((await runDeno(["info", "--json"])).stdout) as { denoDir: string };
  const program = fileURLToPath(new URL("gpu/run_section.ts", import.meta.url));
  const graph = JSON.parse((await runDeno(["info", "--json", program])).stdout) as ModuleGraph;
  const folders = new Set(Object.values(graph.npmPackages).map(({ localPath }) => localPath));
  const copy = (path: string) => join(cache, relative(own.denoDir, path));
  for (const folder of folders) await copyPackage(folder, copy(folder));
  // What the registry said of a package lies in the folder above its versions.
  for (const folder of new Set([...folders].map(dirname))) {
    const from = join(folder, "registry.json");
    await Deno.mkdir(copy(folder), { recursive: true });
    await Deno.copyFile(from, copy(from)).catch(ignoreMissing);
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

function runDeno(args: string[]) {
  return runTool([Deno.execPath(), ...args], { purpose: "ask Deno for its packages" });
}

async function compress(from: string, to: string): Promise<void> {
  const target = await Deno.open(to, { write: true, create: true, truncate: true });
  const child = new Deno.Command("xz", {
    args: ["-9", "--threads=2", "--stdout", from],
    stdout: "piped",
  }).spawn();
  await child.stdout.pipeTo(target.writable);
  const { success } = await child.status;
  if (!success) throw new Error(`Cannot compress ${from}: xz failed`);
}

/** The Vulkan loader of this machine, which depends on the C library only. */
async function copyLoader(folder: string): Promise<boolean> {
  const { stdout } = await runTool(["ldconfig", "-p"], { purpose: "look for the Vulkan loader" });
  const path = /libvulkan\.so\.1 .*=> (\S+)/.exec(stdout)?.[1];
  if (path === undefined) return false;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.copyFile(path, join(folder, "libvulkan.so.1"));
  return true;
}

async function pack(folder: string): Promise<void> {
  await withTemporaryFolder(async (staging) => {
    const cache = join(staging, "cache");
    await copyCache(cache);
    const archive = join(staging, "cache.tar");
    await runTool(["tar", "-cf", archive, "-C", cache, "."], { purpose: "pack the packages" });
    await Deno.mkdir(folder, { recursive: true });
    await compress(archive, join(folder, "cache.tar.xz"));
    console.log("Compressing Deno: a minute or more");
    await compress(await Deno.realPath(Deno.execPath()), join(folder, "deno.xz"));
  });
  await Deno.copyFile(new URL("gpu/visit.sh", import.meta.url), join(folder, "visit.sh"));
  if (!await copyLoader(join(folder, "lib"))) {
    console.log("There is no Vulkan loader (libvulkan.so.1) here: the other machine must have one");
  }
}

/** Says the sizes and returns their sum. */
async function sizeOf(folder: string): Promise<number> {
  let total = 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    const size = isDirectory ? await sizeOf(path) : (await Deno.stat(path)).size;
    if (!isDirectory) {
      console.log(`${(size / MEBIBYTE).toFixed(1).padStart(6)} MiB  ${basename(path)}`);
    }
    total += size;
  }
  return total;
}

async function main(): Promise<number> {
  const { values, positionals } = readTaskArguments(HELP, {
    limit: { type: "string", default: "64" },
  });
  const limit = readPositive("limit", values.limit);
  const [folder] = positionals;
  refusePositionals(positionals, 1);
  if (folder === undefined) {
    throw new UsageError("Cannot pack: name the folder that receives the pack");
  }
  await pack(folder);
  const size = await sizeOf(folder);
  console.log(
    `${(size / MEBIBYTE).toFixed(1).padStart(6)} MiB  together, at most ${limit} are allowed`,
  );
  return size <= limit * MEBIBYTE ? 0 : 1;
}

if (import.meta.main) await runTask(main);
