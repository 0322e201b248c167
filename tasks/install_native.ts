/**
 * `deno task install-native`: puts the native TensorFlow library into the cache folder where the toolkit, and a
 * binary compiled from it, look for it.
 */
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  NATIVE_DIRECTORY_VARIABLE,
  NATIVE_MANIFEST_NAME,
  nativeDirectory,
  type NativeInstallation,
  type NativeManifest,
  nativePlatform,
  readNativeInstallation,
  TFJS_NODE_VERSION,
} from "../lib/backends/native_cache.ts";
import { BackendError } from "../lib/errors.ts";
import { pathExists } from "../lib/files/path_exists.ts";
import type { ActiveBackend } from "../lib/backends/backend.ts";
import { readDigests } from "./native/archive_digests.ts";
import { fetchPackages, placeDriver } from "./native/fetch_packages.ts";
import { listNativeFiles, sha256OfFile } from "./native/file_digests.ts";
import { installPrebuilt } from "./native/install_prebuilt.ts";
import { installWheel } from "./native/install_wheel.ts";
import { findPrebuiltCuda } from "./native/find_libraries.ts";
import { inspectNvidia } from "./native/nvidia.ts";
import { type InstallationPlan, planInstallation } from "./native/plan_installation.ts";
import { runTool } from "./native/run_tool.ts";
import { readTaskArguments, readWord, refusePositionals, runTask } from "./task_options.ts";
import type { StagedLibrary, StageOptions } from "./native/staged_library.ts";

const HELP = `Installs the native TensorFlow library for --backend tensorflow.

Usage: deno task install-native [options]

  --force                        install again over what is there
  --source auto|prebuilt|wheel   prebuilt: the binaries of tfjs-node-gpu itself; wheel: libtensorflow from the
                                 pip wheel, binding compiled here; auto takes what can use this machine's GPU and
                                 has a known SHA-256
  --device auto|cpu|gpu          auto looks for an NVIDIA GPU and its driver; with gpu it is an error if no
                                 build can use it
  --digests FILE                 SHA-256 of further archives, lines as sha256sum writes them: only archives whose digest
                                 is pinned here or given so are installed
  --dry-run                      say what was found and what would be installed
  --debug                        show stack traces of errors
  -h, --help                     show this help

The folder is $${NATIVE_DIRECTORY_VARIABLE}, or one in the user's cache.`;

/** How the library is installed. */
export interface InstallOptions {
  /** Installs again over a sound installation. @default false */
  readonly force?: boolean;
  /** Where the library comes from. @default "auto" */
  readonly source?: "auto" | "prebuilt" | "wheel";
  /** What the library is to compute on. @default "auto" */
  readonly device?: "auto" | "cpu" | "gpu";
  /** File with digests of archives that the user vouches for. @default none */
  readonly digests?: string;
  /** Folder of the installation. @default nativeDirectory() */
  readonly directory?: string;
  /** Receives one line a step. @default nothing is reported */
  readonly report?: (line: string) => void;
}

/**
 * Installs the native library unless a sound installation is there.
 *
 * @param options - see {@linkcode InstallOptions}.
 * @returns the installation.
 * @throws {BackendError} if no way of installing works; what was there stays as it was.
 */
export async function installNative(options: InstallOptions = {}): Promise<NativeInstallation> {
  const { force = false, directory = nativeDirectory(), report = () => {} } = options;
  await Deno.mkdir(dirname(directory), { recursive: true });
  // Two installations at once would both download; the second one waits and finds the first one's work.
  const lock = await Deno.open(`${directory}.lock`, { write: true, create: true });
  try {
    await lock.lock(true);
    await recoverInstallation(directory);
    await refuseForeignFolder(directory);
    if (!force) {
      const present = await readNativeInstallation(directory);
      if (present !== null) {
        await verifyDigests(present);
        report(describePresent(present));
        return present;
      }
    }
    await removeLeftovers(directory);
    return await installInto(directory, options);
  } finally {
    lock.close();
  }
}

/**
 * Looks at the machine and decides what will be installed.
 *
 * @param options - see {@linkcode InstallOptions}; `report` receives what was found.
 * @returns the plan.
 * @throws {BackendError} if a GPU was asked for that no build can use.
 */
async function planForMachine(options: InstallOptions = {}): Promise<InstallationPlan> {
  const { source = "auto", device = "auto", report = () => {} } = options;
  const plan = planInstallation({
    platform: nativePlatform(),
    nvidia: await inspectNvidia(),
    prebuiltCuda: await findPrebuiltCuda(),
  }, { source, device, hasDigests: options.digests !== undefined });
  for (const note of plan.notes) report(note);
  return plan;
}

async function installInto(
  directory: string,
  options: InstallOptions,
): Promise<NativeInstallation> {
  const { report = () => {} } = options;
  const { device, sources } = await planForMachine(options);
  const digests = options.digests === undefined ? new Map() : await readDigests(options.digests);
  const staging = `${directory}.tmp-${Deno.pid}`;
  try {
    report("Fetching tfjs-node from npm");
    const packages = await fetchPackages();
    const library = await stageLibrary(
      { directory: staging, packages, device, digests, report },
      sources,
    );
    report(`Installing into ${directory}`);
    await swapIn(staging, directory);
    report(`Installed TensorFlow ${library.tensorflow}`);
  } finally {
    await removeTree(staging);
  }
  const installation = await readNativeInstallation(directory);
  if (installation === null) throw new BackendError(`Cannot find what was put into ${directory}`);
  return installation;
}

/**
 * Fills the staging folder from the first source that ends with a library that passes its self-test, and uses the GPU
 * where it is meant to. The last source's library is taken without it too, and says why.
 */
async function stageLibrary(
  options: StageOptions,
  sources: InstallationPlan["sources"],
): Promise<StagedLibrary> {
  for (const [index, source] of sources.entries()) {
    const isLast = index === sources.length - 1;
    try {
      const staged = await stageFrom(
        source === "prebuilt" ? installPrebuilt : installWheel,
        options,
      );
      const { library, unusedGpu } = staged;
      if (options.device === "cpu" || unusedGpu === undefined) return library;
      const text =
        `TensorFlow does not use ${unusedGpu.gpu}: ${unusedGpu.reason}; ${unusedGpu.remedy}`;
      if (!isLast) throw new BackendError(text);
      options.report(`WARNING: ${text}`);
      return library;
    } catch (error) {
      if (isLast || !(error instanceof BackendError)) throw error;
      options.report(`The ${source} library cannot be used: ${error.message}`);
    }
  }
  throw new BackendError("Cannot install: there is no source left to try");
}

async function stageFrom(
  install: (options: StageOptions) => Promise<StagedLibrary>,
  options: StageOptions,
): Promise<{ readonly library: StagedLibrary } & Pick<ActiveBackend, "unusedGpu">> {
  await removeTree(options.directory);
  await Deno.mkdir(options.directory, { recursive: true });
  const library = await install(options);
  await placeDriver(options.packages, options.directory);
  const manifest: NativeManifest = {
    format: 1,
    source: library.source,
    tfjsNode: TFJS_NODE_VERSION,
    tensorflow: library.tensorflow,
    device: library.device,
    platform: nativePlatform(),
    binding: library.binding,
    compiler: library.compiler,
    installedAt: new Date().toISOString(),
    archives: library.archives,
    files: await listNativeFiles(options.directory),
  };
  const path = join(options.directory, NATIVE_MANIFEST_NAME);
  await Deno.writeTextFile(path, JSON.stringify(manifest, null, 2) + "\n");
  options.report("Testing the library");
  const { stdout } = await runTool([
    Deno.execPath(),
    "run",
    "--quiet",
    `--config=${fileURLToPath(new URL("../deno.json", import.meta.url))}`,
    "--allow-read",
    "--allow-env",
    "--allow-ffi",
    "--allow-sys",
    fileURLToPath(new URL("./native/self_test.ts", import.meta.url)),
  ], { purpose: "use the library", env: { [NATIVE_DIRECTORY_VARIABLE]: options.directory } });
  const { description, unusedGpu } = JSON.parse(stdout) as ActiveBackend;
  options.report(`It works: ${description}`);
  return unusedGpu === undefined ? { library } : { library, unusedGpu };
}

/** The old installation is moved aside, never deleted before the new one is in its place. */
async function swapIn(staging: string, directory: string): Promise<void> {
  const old = `${directory}.old-${Deno.pid}`;
  const replaces = await pathExists(directory);
  if (replaces) await Deno.rename(directory, old);
  try {
    await Deno.rename(staging, directory);
  } catch (error) {
    if (replaces) await Deno.rename(old, directory);
    throw error;
  }
  await removeTree(old);
}

/** `--force` must not replace a folder that is not ours, say a home folder that the variable names. */
async function refuseForeignFolder(directory: string): Promise<void> {
  if (!await pathExists(directory)) return;
  for await (const _ of Deno.readDir(directory)) {
    if (await pathExists(join(directory, NATIVE_MANIFEST_NAME))) return;
    throw new BackendError(
      `Cannot install into ${directory}: it holds files but no ${NATIVE_MANIFEST_NAME}; ` +
        `empty it or set ${NATIVE_DIRECTORY_VARIABLE} to another folder`,
    );
  }
}

/** Brings back what a killed process had moved aside, before anything can fail or take it for a leftover. */
async function recoverInstallation(directory: string): Promise<void> {
  if (await pathExists(directory)) return;
  for (const path of await listLeftovers(directory)) {
    if (!/\.old-\d+$/.test(path) || !await isComplete(path)) continue;
    await Deno.rename(path, directory);
    return;
  }
}

async function isComplete(directory: string): Promise<boolean> {
  try {
    return await readNativeInstallation(directory) !== null;
  } catch (error) {
    if (error instanceof BackendError) return false;
    throw error;
  }
}

/** The lock is held, so a staging folder that is still there belongs to a process that was killed. */
async function removeLeftovers(directory: string): Promise<void> {
  for (const path of await listLeftovers(directory)) await removeTree(path);
}

async function listLeftovers(directory: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(dirname(directory))) {
    const isOurs = isDirectory && name.startsWith(`${basename(directory)}.`) &&
      /\.(tmp|old)-\d+$/.test(name);
    if (isOurs) names.push(name);
  }
  return names.map((name) => join(dirname(directory), name));
}

async function verifyDigests({ directory, manifest }: NativeInstallation): Promise<void> {
  for (const file of manifest.files) {
    const sha256 = await sha256OfFile(join(directory, file.path));
    if (sha256 === file.sha256) continue;
    throw new BackendError(
      `Cannot use ${join(directory, file.path)}: its SHA-256 is ${sha256}, the manifest says ` +
        `${file.sha256}; install again with "deno task install-native --force"`,
    );
  }
}

async function removeTree(path: string): Promise<void> {
  if (await pathExists(path)) await Deno.remove(path, { recursive: true });
}

/**
 * Reads the command line of this task.
 *
 * @param args - arguments after the task's name.
 * @returns the options.
 * @throws {UsageError} for an unknown option or value, or HelpRequest with `--help`.
 */
export function parseInstallArguments(
  args: string[],
): InstallOptions & { readonly dryRun: boolean } {
  const { values, positionals } = readTaskArguments(HELP, {
    force: { type: "boolean", default: false },
    source: { type: "string", default: "auto" },
    device: { type: "string", default: "auto" },
    digests: { type: "string" },
    "dry-run": { type: "boolean", default: false },
  }, args);
  refusePositionals(positionals);
  return {
    force: values.force,
    source: readWord("source", values.source, ["auto", "prebuilt", "wheel"]),
    device: readWord("device", values.device, ["auto", "cpu", "gpu"]),
    ...values.digests === undefined ? {} : { digests: values.digests },
    dryRun: values["dry-run"],
  };
}

function describePresent({ manifest, directory }: NativeInstallation): string {
  return `Already installed: TensorFlow ${manifest.tensorflow} in ${directory}`;
}

function describePlan({ device, sources }: InstallationPlan): string {
  return `Would install for the ${device.toUpperCase()}, trying: ${sources.join(", ")}`;
}

async function main(): Promise<void> {
  const { dryRun, ...rest } = parseInstallArguments(Deno.args);
  const report = (line: string) => console.log(line);
  if (!dryRun) {
    await installNative({ ...rest, report });
    return;
  }
  const { force = false, directory = nativeDirectory() } = rest;
  const present = force ? null : await readNativeInstallation(directory);
  if (present !== null) {
    report(`${describePresent(present)}; nothing would be done. With --force:`);
  }
  report(describePlan(await planForMachine({ ...rest, report })));
}

if (import.meta.main) await runTask(main);
