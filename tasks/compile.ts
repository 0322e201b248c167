/**
 * `deno task compile`: one file to hand out, for this machine or for all five platforms, with checksums. It holds the
 * bundle of `deno task build-bundle` and Deno's runtime, which Deno downloads or takes from DENORT_BIN.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PuppetError, UsageError } from "../lib/errors.ts";
import { toolkitFile } from "../lib/files/toolkit_file.ts";
import { withTemporaryFolder } from "../lib/files/with_temporary_folder.ts";
import { TOOLKIT_VERSION } from "../lib/runs/toolkit_version.ts";
import { buildBundle, MAX_BUNDLE_BYTES } from "./build_bundle.ts";
import { BUNDLE_SCRIPT } from "./bundle/relocate.ts";
import { sha256OfFile } from "./native/file_digests.ts";
import { runTool } from "./native/run_tool.ts";
import { readTaskArguments, refusePositionals, runTask } from "./task_options.ts";

/** Platforms that Deno compiles for. */
const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
] as const;

const HELP = `Compiles the command line into one file, in dist.

Usage: deno task compile [options]

Options:
  --target <platform>  one of ${
  TARGETS.join(",\n                       ")
} (default: this machine's)
  --all                all of them
  --measure            puts Deno itself in the place of its runtime, which is then not downloaded: the file shows
                       what is embedded and how large it is, but cannot be run as the command line

SHA-256 sums are written to dist/SHA256SUMS. A file for this machine is tried before the task says that it is done.`;

/** What the command line needs; the binary has these permissions built in. */
const PERMISSIONS = ["read", "write", "env", "sys", "ffi", "net"].map((name) => `--allow-${name}`);

/** A file that was compiled. */
interface CompiledFile {
  readonly path: string;
  readonly sha256: string;
  /** Whether it was run here, and gave the version of the toolkit. */
  readonly wasRun: boolean;
}

/** The platform of this machine. */
const OWN_TARGET = Deno.build.target;

async function compileFor(
  target: string,
  options: { readonly bundle: string; readonly measure: boolean },
): Promise<string> {
  const { bundle, measure } = options;
  const ending = target.includes("windows") ? ".exe" : "";
  const path = fileURLToPath(toolkitFile(`dist/puppet-cnn-${target}${ending}`));
  try {
    await runTool([
      ...[Deno.execPath(), "compile", "--quiet", "--no-check", "--no-config", "--no-lock"] as const,
      // What the bundle does not hold must not slip in from a registry.
      ...["--no-npm", "--no-remote", ...PERMISSIONS, "--target", target],
      ...["--include", bundle, "--output", path, join(bundle, BUNDLE_SCRIPT)],
    ], { purpose: "compile", ...(measure ? { env: { DENORT_BIN: Deno.execPath() } } : {}) });
  } catch (error) {
    if (!(error instanceof PuppetError) || !/denort|dns error|error sending/.test(error.message)) {
      throw error;
    }
    throw new PuppetError(
      `Cannot compile for ${target}: Deno's runtime part cannot be downloaded here; give its path in DENORT_BIN, ` +
        "or measure what is embedded with --measure",
      { cause: error },
    );
  }
  return path;
}

/** Runs a file for this machine in an empty folder, without caches. */
function tryFile(path: string): Promise<void> {
  return withTemporaryFolder(async (folder) => {
    const run = (...words: string[]) =>
      new Deno.Command(path, {
        ...{ args: words, cwd: folder, clearEnv: true, env: { HOME: folder, DENO_DIR: folder } },
        ...{ stdin: "null", stdout: "piped", stderr: "piped" },
      }).output();
    const version = await run("--version");
    const said = new TextDecoder().decode(version.stdout).trim();
    if (!version.success || said !== TOOLKIT_VERSION) {
      throw new PuppetError(`Cannot use ${path}: --version says "${said}", not ${TOOLKIT_VERSION}`);
    }
    const words = ["--dataset", "synthetic", "--images", "100", "--channels", "8", "--epochs", "1"];
    for (const command of [["doctor"], ["train", "--run", "run", ...words], ["eval", "run"]]) {
      const { success, stderr } = await run(...command);
      if (success) continue;
      const reason = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
      throw new PuppetError(`Cannot use ${path}: ${command[0]} fails with "${reason}"`);
    }
  });
}

/**
 * Compiles for platforms, and tries the file of this one.
 *
 * @param targets The platforms.
 * @param measure Whether Deno itself stands in for its runtime part.
 * @returns The files.
 */
async function compileFiles(
  targets: readonly string[],
  measure: boolean,
): Promise<CompiledFile[]> {
  const { folder: bundle } = await buildBundle();
  const files: CompiledFile[] = [];
  for (const target of targets) {
    const path = await compileFor(target, { bundle, measure });
    const wasRun = !measure && target === OWN_TARGET;
    if (wasRun) await tryFile(path);
    files.push({ path, sha256: await sha256OfFile(path), wasRun });
  }
  return files;
}

function readTargets(
  values: { readonly target: string | undefined; readonly all: boolean; readonly measure: boolean },
): readonly string[] {
  const { target, all, measure } = values;
  if (measure && (all || (target !== undefined && target !== OWN_TARGET))) {
    throw new UsageError(
      "--measure is only for this machine's platform: it puts its own Deno inside",
    );
  }
  if (all && target !== undefined) throw new UsageError("--all and --target exclude each other");
  if (all) return TARGETS;
  if (target === undefined) return [OWN_TARGET];
  if (TARGETS.some((known) => known === target)) return [target];
  throw new UsageError(`--target must be one of ${TARGETS.join(", ")}, current value is ${target}`);
}

async function compile(): Promise<void> {
  const { values, positionals } = readTaskArguments(HELP, {
    target: { type: "string" },
    all: { type: "boolean", default: false },
    measure: { type: "boolean", default: false },
  });
  refusePositionals(positionals);
  const { measure } = values;
  const files = await compileFiles(readTargets(values), measure);
  const runtime = measure ? (await Deno.stat(Deno.execPath())).size : null;
  for (const { path, wasRun } of files) {
    const { size } = await Deno.stat(path);
    const inside = runtime === null ? "" : `, ${megabytes(size - runtime)} beside the runtime`;
    if (runtime !== null && size - runtime > MAX_BUNDLE_BYTES) {
      throw new PuppetError(`Cannot hand out ${path}: more than 20 MB are embedded${inside}`);
    }
    const tried = wasRun ? "tried here" : measure ? "measured, not run" : "not run here";
    console.log(`${path}: ${megabytes(size)}${inside}; ${tried}`);
  }
  // It is Deno, not the command line: nobody must find it and hand it out.
  if (measure) return await Deno.remove(files[0]!.path);
  const lines = files.map(({ path, sha256 }) => `${sha256}  ${path.split(/[\\/]/).at(-1)}\n`);
  await Deno.writeTextFile(fileURLToPath(toolkitFile("dist/SHA256SUMS")), lines.join(""));
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

if (import.meta.main) await runTask(compile);
