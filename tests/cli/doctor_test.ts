import assert from "node:assert/strict";
import { type DoctorReport, formatDoctorReport } from "../../cli/doctor.ts";
import { runCommand } from "../helpers/run_command.ts";

const REPORT: DoctorReport = {
  deno: { version: "2.9.6", tested: true },
  machine: { platform: "linux x86_64", processors: 4, memory: 8 * 2 ** 30 },
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
  nativeDirectory: "/cache",
  permissions: [{ name: "net", granted: false, flag: "--allow-net", purpose: "fetch-data" }],
  folder: { path: "/runs", writable: true },
  advice: ["Advice"],
};

Deno.test("formatDoctorReport() says what is missing and how to mend it", () => {
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
      "      Advice",
    ].join("\n"),
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
  assert.ok(report.permissions.every(({ granted }) => granted));
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
