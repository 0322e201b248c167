import { countOf } from "../lib/count_of.ts";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { GpuInspection } from "../lib/backends/cuda/inspect_gpu.ts";
import type { BackendInspection } from "../lib/backends/inspect_backend.ts";
import type { Bfloat16Report } from "../lib/backends/measure_bfloat16.ts";
import { BackendError } from "../lib/errors.ts";
import { freeSpace } from "../lib/files/free_space.ts";
import { createOutput, paint, showBeforeEnd, type TextStyle } from "./output.ts";
import { addHelpSections, debugOption, jsonOption, quietOption } from "./shared_options.ts";

/** Oldest Deno that the toolkit is tested with. */
const TESTED_DENO = "2.9.0";

/** What a permission of Deno is needed for. */
const PERMISSIONS = [
  { name: "read", flag: "--allow-read", purpose: "data, runs, WebAssembly, native library" },
  { name: "write", flag: "--allow-write", purpose: "runs and downloads" },
  { name: "env", flag: "--allow-env", purpose: "backend tensorflow: finding its library" },
  { name: "ffi", flag: "--allow-ffi", purpose: "backend tensorflow: loading its library" },
  { name: "net", flag: "--allow-net", purpose: "fetch-data" },
] as const;

/** A permission and whether this process has it. */
interface PermissionCheck {
  readonly name: string;
  readonly granted: boolean;
  readonly flag: string;
  readonly purpose: string;
}

/** Everything that `doctor` looks at. */
export interface DoctorReport {
  readonly deno: { readonly version: string; readonly tested: boolean };
  readonly machine: {
    readonly platform: string;
    readonly processors: number;
    /** Bytes; `null` where Deno may not ask the system. */
    readonly memory: number | null;
  };
  /** The machine's NVIDIA GPU, its driver, and the devices that TensorFlow sees. */
  readonly gpu: GpuInspection;
  readonly backends: readonly BackendInspection[];
  /** What `--backend auto` takes; `null` if nothing works. */
  readonly auto: string | null;
  /** What the processor makes of `--math bfloat16`; `null` where TensorFlow does not compute on it. */
  readonly bfloat16: Bfloat16Report | null;
  /** Folder of the native library; `null` where the environment may not be read. */
  readonly nativeDirectory: string | null;
  readonly permissions: readonly PermissionCheck[];
  /** Whether runs can be written where the command was started. */
  readonly folder: {
    readonly path: string;
    readonly writable: boolean;
    /** Bytes of room on its disk; `null` where the system does not tell. */
    readonly free: number | null;
  };
}

/**
 * Makes the command `doctor`.
 *
 * @returns The command, to be added to the program.
 */
export function doctorCommand(): CommandUnknownOpts {
  const command = new Command("doctor")
    .description(
      "Looks at Deno, the machine, the backends, the permissions and the folder; says what is missing " +
        "and how to fix it.",
    )
    .addOption(jsonOption())
    .addOption(quietOption())
    .addOption(debugOption())
    .action(async (options) => {
      const output = createOutput(options);
      const report = await examine();
      await showBeforeEnd(
        () => output.result(report, () => formatDoctorReport(report)),
        () => {
          if (report.auto !== null) return;
          throw new BackendError("Cannot use any backend; fix one as the report says");
        },
      );
    });
  addHelpSections(command, [
    ["doctor", "what works here"],
    ["doctor --json | jq -r .auto", "the backend that auto takes"],
  ]);
  return command;
}

async function examine(): Promise<DoctorReport> {
  const { selectBackend, BACKENDS, AUTO_ORDER } = await import("../lib/backends/select_backend.ts");
  const { inspectBackend } = await import("../lib/backends/inspect_backend.ts");
  const backends: BackendInspection[] = [];
  for (const name of AUTO_ORDER) backends.push(await inspectBackend(BACKENDS[name]));
  const runsTensorflow = backends.some(({ name, works }) => name === "tensorflow" && works);
  const { inspectGpu } = await import("../lib/backends/cuda/inspect_gpu.ts");
  const computesHere = backends.some(({ name, device }) =>
    name === "tensorflow" && device === "cpu"
  );
  const { measureBfloat16 } = await import("../lib/backends/measure_bfloat16.ts");
  const bfloat16 = computesHere ? await measureBfloat16() : null;
  let auto: string | null = null;
  try {
    auto = (await selectBackend("auto")).name;
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
  }
  const nativeDirectory = await findNativeDirectory();
  return {
    deno: { version: Deno.version.deno, tested: isAtLeast(Deno.version.deno, TESTED_DENO) },
    machine: {
      platform: `${Deno.build.os} ${Deno.build.arch}`,
      processors: navigator.hardwareConcurrency,
      memory: await totalMemory(),
    },
    gpu: await inspectGpu(runsTensorflow),
    backends,
    auto,
    bfloat16,
    nativeDirectory,
    permissions: await checkPermissions(nativeDirectory),
    folder: await checkFolder(),
  };
}

/** Compares versions number by number; a suffix such as `-rc.1` does not count. */
function isAtLeast(version: string, minimum: string): boolean {
  const [left, right] = [version, minimum].map((text) => text.split(/[.+-]/).map(Number));
  for (let part = 0; part < 3; part++) {
    const difference = (left?.[part] ?? 0) - (right?.[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

async function totalMemory(): Promise<number | null> {
  const { state } = await Deno.permissions.query({ name: "sys", kind: "systemMemoryInfo" });
  return state === "granted" ? Deno.systemMemoryInfo().total : null;
}

async function findNativeDirectory(): Promise<string | null> {
  const { NATIVE_DIRECTORY_VARIABLES, nativeDirectory } = await import(
    "../lib/backends/native_cache.ts"
  );
  for (const variable of NATIVE_DIRECTORY_VARIABLES) {
    const { state } = await Deno.permissions.query({ name: "env", variable });
    if (state !== "granted") return null;
  }
  try {
    return nativeDirectory();
  } catch (error) {
    if (error instanceof BackendError) return null;
    throw error;
  }
}

/** A permission may be granted for just what is needed, so that is what is asked for. */
async function checkPermissions(nativeDirectory: string | null): Promise<PermissionCheck[]> {
  const { TENSORFLOW_VARIABLES } = await import("../lib/backends/tensorflow.ts");
  const path = nativeDirectory;
  const checks: readonly (readonly Deno.PermissionDescriptor[])[] = [
    [{ name: "read", path: "." }],
    [{ name: "write", path: "." }],
    TENSORFLOW_VARIABLES.map((variable) => ({ name: "env", variable })),
    [path === null ? { name: "ffi" } : { name: "ffi", path }],
    [{ name: "net" }],
  ];
  return await Promise.all(checks.map(async (descriptors, index) => {
    const states = await Promise.all(descriptors.map((each) => Deno.permissions.query(each)));
    const granted = states.every(({ state }) => state === "granted");
    return { ...PERMISSIONS[index]!, granted };
  }));
}

/** Writes a file and removes it: rights alone do not tell of a read-only or full disk. */
async function checkFolder(): Promise<DoctorReport["folder"]> {
  const { state } = await Deno.permissions.query({ name: "write", path: "." });
  const readable = await Deno.permissions.query({ name: "read", path: "." });
  const path = readable.state === "granted" ? Deno.cwd() : ".";
  const free = readable.state === "granted" ? await freeSpace(path) : null;
  if (state !== "granted") return { path, writable: false, free };
  try {
    const file = await Deno.makeTempFile({ dir: ".", prefix: ".doctor-" });
    await Deno.remove(file);
    return { path, writable: true, free };
  } catch {
    return { path, writable: false, free };
  }
}

/**
 * Renders the report for people.
 *
 * @param report What was found.
 * @returns Lines without a trailing line end.
 */
export function formatDoctorReport(report: DoctorReport): string {
  const { deno, machine, folder } = report;
  const memory = machine.memory === null ? "" : `, ${(machine.memory / 2 ** 30).toFixed(1)} GiB`;
  const lines = [
    line(deno.tested, `Deno ${deno.version}`, `tested is ${TESTED_DENO} and newer; update Deno`),
    line(true, `${machine.platform}, ${countOf(machine.processors, "processor")}${memory}`),
    ...gpuLines(report.gpu),
    ...report.backends.flatMap((backend) => backendLines(backend, report.gpu)),
    line(report.auto !== null, `backend auto takes ${report.auto ?? "nothing"}`),
    ...mathLines(report),
    `      native library folder: ${
      report.nativeDirectory ?? "unknown (HOME is not set, or may not be read)"
    }`,
    ...report.permissions.map(({ granted, flag, purpose }) =>
      line(granted, `${flag} (${purpose})`, "not granted")
    ),
    line(folder.writable, `write into ${folder.path}`, "use another folder, or --allow-write"),
    ...diskLines(folder),
  ];
  return lines.join("\n");
}

/** Less room than this, in bytes, is too little for data, packages and checkpoints of a large model. */
const SCARCE_DISK = 2 * 2 ** 30;

function diskLines({ free }: DoctorReport["folder"]): string[] {
  if (free === null) return [];
  const remedy = "make room: CIFAR-10 takes 0.4 GiB, checkpoints of a large model 1 GiB and more";
  return [line(free >= SCARCE_DISK, `${gibibytes(free)} free on its disk`, remedy)];
}

/** The GPU and its driver; nothing where there is no NVIDIA GPU. */
function gpuLines({ nvidia, cuda }: GpuInspection): string[] {
  if (nvidia === null) return [];
  const name = nvidia.names.join(", ") || "NVIDIA GPU";
  if (!nvidia.driverLoaded) {
    return [line(false, `${name}: its driver is not loaded`, "install NVIDIA's driver")];
  }
  const driver = `driver ${nvidia.driver ?? "of unknown version"}`;
  if (cuda === null) return [line(true, `${name}, ${driver}`)];
  if ("failure" in cuda) {
    return [line(false, `${name}, ${driver}: ${cuda.failure}`, 'see whether "nvidia-smi" works')];
  }
  const devices = cuda.devices.map((device, index) =>
    line(
      true,
      `GPU ${index}: ${device.name}, compute capability ${device.computeCapability}, ${
        gibibytes(device.memory)
      }`,
    )
  );
  return [line(true, `NVIDIA ${driver}, serves CUDA up to ${cuda.cuda}`), ...devices];
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** Whether `--math bfloat16` is worth it; nothing where TensorFlow does not compute on the processor. */
function mathLines({ bfloat16 }: DoctorReport): string[] {
  if (bfloat16 === null) return [];
  if (bfloat16.ratio === null) return ["      --math bfloat16 cannot be computed here"];
  const ratio = bfloat16.ratio.toFixed(2);
  return [`      --math bfloat16 takes ${ratio} of the time of float32 in a convolution`];
}

function backendLines(backend: BackendInspection, { tensorflow }: GpuInspection): string[] {
  const { name, works, detail, remedy, missingKernels, unusedGpu } = backend;
  const lines = [line(works, `backend ${name}: ${detail}`, remedy)];
  if (name === "tensorflow" && tensorflow !== null) {
    const devices = tensorflow.map((device) =>
      // Of the CPU's memory it tells a number that means nothing.
      device.type === "CPU" ? device.name : `${device.name} (${gibibytes(device.memory)} to use)`
    );
    lines.push(`      TensorFlow sees ${devices.join(", ")}`);
  }
  if (unusedGpu !== undefined) {
    lines.push(
      line(
        false,
        `TensorFlow does not use ${unusedGpu.gpu}: ${unusedGpu.reason}`,
        unusedGpu.remedy,
      ),
    );
  }
  if (missingKernels.length > 0) {
    lines.push(line(false, `backend ${name} lacks for training: ${missingKernels.join(", ")}`));
  }
  return lines;
}

function line(good: boolean, text: string, remedy?: string): string {
  const [word, style]: [string, TextStyle] = good ? ["ok", "green"] : ["no", "yellow"];
  const mark = paint(word, { style, stream: "stdout" });
  return `${mark}    ${text}${good || remedy === undefined ? "" : `\n      ${remedy}`}`;
}
