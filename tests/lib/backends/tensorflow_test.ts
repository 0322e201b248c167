import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { BackendProbe } from "../../../lib/backends/backend.ts";
import {
  DRIVER_FOLDER,
  NATIVE_MANIFEST_NAME,
  nativePlatform,
} from "../../../lib/backends/native_cache.ts";
import { TENSORFLOW_VARIABLES } from "../../../lib/backends/tensorflow.ts";
import { testBackends } from "../../helpers/backends.ts";

const PROCESS = fileURLToPath(new URL("tensorflow_process.ts", import.meta.url));

interface Outcome {
  readonly probe: BackendProbe;
  readonly error: string | null;
  readonly device: string | null;
  readonly stderr: string;
}

/** Probes and activates the backend in a process of its own. */
async function tryTensorflow(
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...flags, PROCESS],
    env: { NO_COLOR: "1", ...env },
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  return { ...JSON.parse(decoder.decode(stdout)), stderr: decoder.decode(stderr) };
}

const isInstalled = (await testBackends()).includes("tensorflow");
const MINIMAL = ["--allow-read", "--allow-ffi", `--allow-env=${TENSORFLOW_VARIABLES.join(",")}`];

Deno.test({
  name: "backend tensorflow works with its minimal permissions and writes nothing to stderr",
  ignore: !isInstalled,
  fn: async () => {
    const { probe, error, device, stderr } = await tryTensorflow(MINIMAL);
    assert.equal(error, null);
    assert.ok(probe.available);
    assert.match(String(device), /^[cg]pu$/);
    assert.equal(stderr, "");
  },
});

Deno.test("backend tensorflow names the permission that it lacks", async () => {
  const { probe, error } = await tryTensorflow([]);
  assert.equal(probe.available, false);
  assert.equal(probe.remedy, "run Deno with --allow-env");
  assert.match(String(error), /^BackendError: Cannot use backend "tensorflow".*--allow-env$/);
  const blind = await tryTensorflow(["--allow-env"]);
  assert.equal(blind.probe.remedy, "run Deno with --allow-read");
});

Deno.test("backend tensorflow without its library says how to install it", async () => {
  const PUPPET_CNN_NATIVE = "/nowhere/at/all";
  const { probe, error } = await tryTensorflow(["-A"], { PUPPET_CNN_NATIVE });
  assert.equal(probe.available, false);
  assert.match(probe.detail, /^no native library in \/nowhere/);
  assert.equal(probe.remedy, 'run "deno task install-native"');
  assert.match(String(error), /^BackendError: .*; run "deno task install-native"$/);
});

Deno.test("backend tensorflow with a library that cannot be loaded is an error", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/tfjs_binding.node`, "no library");
    await Deno.mkdir(`${directory}/${DRIVER_FOLDER}`, { recursive: true });
    await Deno.writeTextFile(`${directory}/${DRIVER_FOLDER}/package.json`, "{}");
    await Deno.writeTextFile(
      `${directory}/${NATIVE_MANIFEST_NAME}`,
      JSON.stringify({
        format: 1,
        source: "wheel",
        tfjsNode: "4.22.0",
        tensorflow: "2.21.0",
        device: "cpu",
        platform: nativePlatform(),
        binding: "tfjs_binding.node",
        archives: [],
        files: [
          { path: "tfjs_binding.node", bytes: 10, sha256: "" },
          { path: `${DRIVER_FOLDER}/package.json`, bytes: 2, sha256: "" },
        ],
      }),
    );
    const { error } = await tryTensorflow(["-A"], { PUPPET_CNN_NATIVE: directory });
    assert.match(String(error), /^BackendError: Cannot load the native library: .*--force"$/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
