import { join } from "node:path";
import { nativePlatform } from "../../lib/backends/native_cache.ts";
import { BackendError } from "../../lib/errors.ts";
import { compileBinding, findCompiler } from "./compile_binding.ts";
import { ArchiveDigests } from "./archive_digests.ts";
import { findTool, runTool } from "./run_tool.ts";
import type { StagedLibrary, StageOptions } from "./staged_library.ts";
import { chooseWheel, TENSORFLOW_VERSION, WHEEL_PYTHON } from "./wheel_table.ts";

/** What of the wheel is unpacked: two libraries for good, the C interface's headers for compiling. */
const HEADER_PATTERNS = [
  "tensorflow/include/tensorflow/c/*.h",
  "tensorflow/include/tensorflow/core/platform/*.h",
  "tensorflow/include/tsl/*.h",
  "tensorflow/include/xla/tsl/c/*.h",
];

/** What of an NVIDIA wheel is needed when the program runs. */
const CUDA_PATTERNS = [
  ...["nvidia/*.so", "nvidia/*.so.*", "nvidia/*/libdevice/*"],
  // TensorFlow looks for the assembler beside itself, for GPUs that it has no finished code for.
  "nvidia/cuda_nvcc/bin/ptxas",
];

/**
 * Oldest and newest C library (glibc 2.N) that wheels of CUDA are asked for by: pip takes the numbers literally, and
 * NVIDIA's wheels carry all kinds. TensorFlow's own wheel needs 2.27.
 */
const [OLDEST_GLIBC, NEWEST_GLIBC] = [5, 28] as const;

/** Wheels of CUDA carry one of these tags. */
const CUDA_PLATFORM_TAGS = [
  ...Array.from(
    { length: NEWEST_GLIBC - OLDEST_GLIBC + 1 },
    (_, index) => `manylinux_2_${NEWEST_GLIBC - index}`,
  ),
  ...["manylinux2014", "manylinux2010", "manylinux1"],
];

/** Arguments: archive, folder, patterns. Unpacks what a pattern names; `*` crosses folders. Programs stay programs. */
const UNPACK_SCRIPT = `
import fnmatch, os, sys, zipfile
archive, folder, *patterns = sys.argv[1:]
with zipfile.ZipFile(archive) as wheel:
    for member in wheel.infolist():
        if any(fnmatch.fnmatchcase(member.filename, pattern) for pattern in patterns):
            path = wheel.extract(member, folder)
            if (member.external_attr >> 16) & 0o111:
                os.chmod(path, 0o755)
`;

/** Arguments: archive. Writes the wheel's requirements, a line each. */
const REQUIREMENTS_SCRIPT = `
import email.parser, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    name = next(n for n in wheel.namelist() if n.endswith(".dist-info/METADATA"))
    metadata = email.parser.Parser().parsestr(wheel.read(name).decode())
print("\\n".join(metadata.get_all("Requires-Dist") or []))
`;

/**
 * Takes libtensorflow out of the wheel that pip finds and compiles the binding against it.
 *
 * @param options - folder to fill, device, where to report.
 * @returns what was put into the folder.
 * @throws {BackendError} for a missing tool, a wrong digest, or a platform without a wheel.
 */
export async function installWheel(options: StageOptions): Promise<StagedLibrary> {
  const { directory, packages, report } = options;
  const wheel = chooseWheel(nativePlatform(), options.device);
  if (wheel === null) {
    throw new BackendError(
      `Cannot install from a wheel: TensorFlow has none for ${nativePlatform()} ` +
        `(${options.device}); use --backend wasm or webgpu`,
    );
  }
  // Both are needed: found out before the download, not after it.
  const python = await findPython();
  const compiler = await findCompiler();
  const downloads = join(directory, "downloads");
  report(`Fetching ${wheel.project} ${TENSORFLOW_VERSION} with pip (some 260 MB)`);
  const archive = await pipDownload(python, `${wheel.project}==${TENSORFLOW_VERSION}`, {
    downloads,
    platformTags: wheel.platformTags,
  });
  const digests = new ArchiveDigests(options.digests);
  const library = join(directory, "tensorflow");
  if (await digests.check(archive)) {
    report("Unpacking libtensorflow");
    await unpack(python, archive, {
      directory,
      patterns: [...wheel.libraries.map((name) => `tensorflow/${name}`), ...HEADER_PATTERNS],
    });
  }
  if (wheel.device === "gpu") await installCuda(python, archive, { ...options, digests });
  digests.refuseMissing();
  // Freed before compiling: together with the unpacked library it takes over a gigabyte.
  await Deno.remove(downloads, { recursive: true });
  report("Compiling the binding");
  await compileBinding({
    compiler,
    packages,
    includeDirectory: join(library, "include"),
    libraries: wheel.libraries.map((name) => join(library, name)),
    output: join(library, "tfjs_binding.node"),
  });
  await Deno.remove(join(library, "include"), { recursive: true });
  return {
    source: "wheel",
    tensorflow: TENSORFLOW_VERSION,
    device: wheel.device,
    binding: "tensorflow/tfjs_binding.node",
    compiler: compiler.version,
    archives: digests.archives,
  };
}

async function findPython(): Promise<string> {
  const candidates = Deno.build.os === "windows" ? ["py", "python"] : ["python3", "python"];
  const python = await findTool(candidates, ["--version"]);
  if (python === null) {
    throw new BackendError(
      `Cannot fetch the wheel: no Python found, looked for ${candidates.join(", ")}; ` +
        'install Python 3 with pip (Debian, Ubuntu: "apt install python3 python3-pip")',
    );
  }
  if (await findTool([python.program], ["-m", "pip", "--version"]) === null) {
    throw new BackendError(
      `Cannot fetch the wheel: ${python.program} has no pip; install it ` +
        `(Debian, Ubuntu: "apt install python3-pip"; others: "${python.program} -m ensurepip")`,
    );
  }
  return python.program;
}

interface DownloadOptions {
  readonly downloads: string;
  readonly platformTags: readonly string[];
}

/** Returns the path of the one new file in the folder. */
async function pipDownload(
  python: string,
  requirement: string,
  { downloads, platformTags }: DownloadOptions,
): Promise<string> {
  // A folder of its own tells which file came, whatever pip calls it.
  await Deno.mkdir(downloads, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: downloads });
  await runTool([
    python,
    "-m",
    "pip",
    "download",
    "--quiet",
    "--disable-pip-version-check",
    "--no-deps",
    "--only-binary=:all:",
    "--implementation=cp",
    `--python-version=${WHEEL_PYTHON.version}`,
    `--abi=${WHEEL_PYTHON.abi}`,
    ...platformTags.map((tag) => `--platform=${tag}`),
    `--dest=${folder}`,
    requirement,
  ], { purpose: `fetch ${requirement} with pip` });
  for await (const entry of Deno.readDir(folder)) {
    if (entry.name.endsWith(".whl")) return join(folder, entry.name);
  }
  throw new BackendError(`Cannot fetch ${requirement}: pip left no wheel; try again`);
}

interface UnpackOptions {
  readonly directory: string;
  readonly patterns: readonly string[];
}

async function unpack(
  python: string,
  archive: string,
  { directory, patterns }: UnpackOptions,
): Promise<void> {
  await runTool([python, "-I", "-c", UNPACK_SCRIPT, archive, directory, ...patterns], {
    purpose: "unpack the wheel",
  });
}

/**
 * Fetches the CUDA libraries that the wheel names under its extra `and-cuda`. libtensorflow looks for them in
 * `../nvidia/<part>/lib`, which is why the wheel's folders are kept as they are.
 */
async function installCuda(
  python: string,
  archive: string,
  { directory, report, digests }: Pick<StageOptions, "directory" | "report"> & {
    readonly digests: ArchiveDigests;
  },
): Promise<void> {
  const { stdout } = await runTool([python, "-I", "-c", REQUIREMENTS_SCRIPT, archive], {
    purpose: "read the wheel's requirements",
  });
  for (const requirement of cudaRequirements(stdout)) {
    report(`Fetching ${requirement} with pip`);
    const part = await pipDownload(python, requirement, {
      downloads: join(directory, "downloads"),
      platformTags: CUDA_PLATFORM_TAGS.map((tag) => `${tag}_${Deno.build.arch}`),
    });
    if (await digests.check(part)) {
      await unpack(python, part, { directory, patterns: CUDA_PATTERNS });
    }
    await Deno.remove(part);
  }
}

/**
 * The requirements under the extra `and-cuda`.
 *
 * @param requirements - `Requires-Dist` entries, a line each.
 * @returns NVIDIA's, without their condition: `nvidia-cudnn-cu12<10.0,>=9.3.0.75`.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const lines = 'numpy>=1.26\nnvidia-nccl-cu12<3.0,>=2.27; extra == "and-cuda"';
 * assert.deepEqual(cudaRequirements(lines), ["nvidia-nccl-cu12<3.0,>=2.27"]);
 * ```
 */
export function cudaRequirements(requirements: string): string[] {
  return requirements.split("\n")
    .filter((line) => /extra == ["']and-cuda["']/.test(line))
    .map((line) => line.split(";")[0]?.trim() ?? "")
    // pip takes words that begin with a dash for options.
    .filter((requirement) => /^nvidia-[a-z0-9-]+(?:[<>=!~]=?[0-9.*]+,?)*$/.test(requirement));
}
