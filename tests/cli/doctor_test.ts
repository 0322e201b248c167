import assert from "node:assert/strict";
import { type DoctorReport, formatDoctorReport } from "../../cli/doctor.ts";
import { runCommand } from "../helpers/run_command.ts";

const REPORT: DoctorReport = {
  deno: { version: "2.9.6", tested: true },
  machine: { platform: "linux x86_64", processors: 4, memory: 8 * 2 ** 30 },
  gpu: { nvidia: null, cuda: null, tensorflow: null },
  backends: [
    {
      name: "tensorflow",
      works: false,
      detail: "no native library in /cache",
      remedy: 'run "deno task install-native"',
      device: null,
      missingKernels: [],
      versions: {},
    },
    {
      name: "wasm",
      works: true,
      detail: "WebAssembly with SIMD, CPU",
      device: "cpu",
      missingKernels: ["MaxPoolGrad", "TopK"],
      versions: {},
    },
  ],
  auto: "wasm",
  bfloat16: null,
  nativeDirectory: "/cache",
  permissions: [{ name: "net", granted: false, flag: "--allow-net", purpose: "fetch-data" }],
  folder: { path: "/runs", writable: true, free: 64 * 2 ** 30 },
};

Deno.test("formatDoctorReport() says what is missing and how to fix it", () => {
  assert.equal(
    formatDoctorReport(REPORT),
    [
      "ok    Deno 2.9.6",
      "ok    linux x86_64, 4 processors, 8.0 GiB",
      "no    backend tensorflow: no native library in /cache",
      '      run "deno task install-native"',
      "ok    backend wasm: WebAssembly with SIMD, CPU",
      "no    backend wasm lacks for training: MaxPoolGrad, TopK",
      "ok    backend auto takes wasm",
      "      native library folder: /cache",
      "no    --allow-net (fetch-data)",
      "      not granted",
      "ok    write into /runs",
      "ok    64.0 GiB free on its disk",
    ].join("\n"),
  );
});

Deno.test("formatDoctorReport() knows no native library folder without HOME, which is no lack of permission", () => {
  assert.match(
    formatDoctorReport({ ...REPORT, nativeDirectory: null }),
    /native library folder: unknown \(HOME is not set, or may not be read\)/,
  );
});

Deno.test("formatDoctorReport() says what bfloat16 is worth, where TensorFlow computes on the CPU", () => {
  const text = (bfloat16: DoctorReport["bfloat16"]) => formatDoctorReport({ ...REPORT, bfloat16 });
  assert.match(
    text({ works: true, ratio: 0.513 }),
    /--math bfloat16 takes 0\.51 of the time of float/,
  );
  assert.match(
    text({ works: false, ratio: null }),
    /--math bfloat16 cannot be computed here$/m,
  );
  assert.doesNotMatch(text(null), /bfloat16/);
});

/** The report of a machine with an H100 that TensorFlow uses. */
const WITH_GPU: DoctorReport = {
  ...REPORT,
  gpu: {
    nvidia: { names: ["NVIDIA H100"], driver: "580.159.04", driverLoaded: true },
    cuda: {
      cuda: "13.0",
      devices: [{ name: "NVIDIA H100", computeCapability: "9.0", memory: 80 * 2 ** 30 }],
    },
    tensorflow: [
      { name: "CPU:0", type: "CPU", memory: 2 ** 28 },
      { name: "GPU:0", type: "GPU", memory: 76 * 2 ** 30 },
    ],
  },
  backends: [{
    ...{ name: "tensorflow", works: true, detail: "TensorFlow 2.21.0, GPU", device: "gpu" },
    ...{ missingKernels: [], versions: {} },
  }],
};

/** The lines about GPU and backends. */
function gpuLines(report: DoctorReport): string[] {
  const lines = formatDoctorReport(report).split("\n");
  return lines.slice(2, lines.findIndex((line) => line.includes("backend auto")));
}

Deno.test("formatDoctorReport() tells the GPU, its driver and what TensorFlow sees", () => {
  assert.deepEqual(gpuLines(WITH_GPU), [
    "ok    NVIDIA driver 580.159.04, serves CUDA up to 13.0",
    "ok    GPU 0: NVIDIA H100, compute capability 9.0, 80.0 GiB",
    "ok    backend tensorflow: TensorFlow 2.21.0, GPU",
    "      TensorFlow sees CPU:0, GPU:0 (76.0 GiB to use)",
  ]);
});

Deno.test("formatDoctorReport() says why a GPU is not used and how to fix it", () => {
  const unusedGpu = { gpu: "NVIDIA H100", reason: "a reason", remedy: "a remedy", chosen: false };
  const [backend] = WITH_GPU.backends;
  const tensorflow = WITH_GPU.gpu.tensorflow!.slice(0, 1);
  assert.deepEqual(
    gpuLines({
      ...WITH_GPU,
      gpu: { ...WITH_GPU.gpu, cuda: { failure: "the CUDA driver does not start" }, tensorflow },
      backends: [{ ...backend!, detail: "TensorFlow 2.21.0, CPU", device: "cpu", unusedGpu }],
    }),
    [
      "no    NVIDIA H100, driver 580.159.04: the CUDA driver does not start",
      '      see whether "nvidia-smi" works',
      "ok    backend tensorflow: TensorFlow 2.21.0, CPU",
      "      TensorFlow sees CPU:0",
      "no    TensorFlow does not use NVIDIA H100: a reason",
      "      a remedy",
    ],
  );
  const nvidia = { names: [], driver: null, driverLoaded: false };
  assert.deepEqual(
    gpuLines({ ...WITH_GPU, gpu: { ...WITH_GPU.gpu, nvidia, cuda: null } }).slice(0, 2),
    ["no    NVIDIA GPU: its driver is not loaded", "      install NVIDIA's driver"],
  );
});

Deno.test("doctor --json names what auto takes, and every backend", async () => {
  const { code, stdout, stderr } = await runCommand(["doctor", "--json"]);
  assert.equal(stderr, "");
  assert.equal(code, 0);
  const report = JSON.parse(stdout) as DoctorReport;
  assert.deepEqual(report.backends.map(({ name }) => name), ["tensorflow", "webgpu", "wasm"]);
  const wasm = report.backends.find(({ name }) => name === "wasm");
  assert.equal(wasm?.works, true);
  assert.deepEqual(wasm?.missingKernels, []);
  assert.ok(report.backends.find(({ name }) => name === report.auto)?.works);
  // Trying bfloat16 leaves TensorFlow as it was.
  assert.equal(report.auto === "tensorflow", report.backends[0]!.works);
  assert.ok(report.permissions.every(({ granted }) => granted));
  const { device } = report.backends[0]!;
  assert.equal(report.bfloat16 !== null, device === "cpu");
  if (report.bfloat16?.works === true) assert.ok(report.bfloat16.ratio! > 0.05);
});

Deno.test("doctor without permissions names the flags and fails only if nothing works", async () => {
  const { code, stdout } = await runCommand(["doctor", "--json"], { permissions: [] });
  const report = JSON.parse(stdout) as DoctorReport;
  assert.equal(code, report.auto === null ? 5 : 0);
  assert.ok(report.permissions.every(({ granted }) => !granted));
  assert.equal(report.folder.writable, false);
  assert.match(report.backends[0]!.remedy!, /--allow-env/);
});

Deno.test("doctor leaves nothing in the folder that it tries to write into", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const { code, stdout } = await runCommand(["doctor", "--json"], { cwd: directory });
    assert.equal(code, 0);
    assert.equal((JSON.parse(stdout) as DoctorReport).folder.writable, true);
    assert.deepEqual([...Deno.readDirSync(directory)], []);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
