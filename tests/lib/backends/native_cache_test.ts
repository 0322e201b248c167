import assert from "node:assert/strict";
import { join } from "node:path";
import {
  DRIVER_FOLDER,
  NATIVE_MANIFEST_NAME,
  nativeDirectory,
  type NativeManifest,
  nativePlatform,
  readNativeInstallation,
  TFJS_NODE_VERSION,
} from "../../../lib/backends/native_cache.ts";
import { BackendError } from "../../../lib/errors.ts";

function variables(values: Record<string, string>): (name: string) => string | undefined {
  return (name) => values[name];
}

Deno.test("nativeDirectory() is PUPPET_CNN_NATIVE where it is set", () => {
  const environment = variables({ PUPPET_CNN_NATIVE: "/opt/native", HOME: "/home/ada" });
  assert.equal(nativeDirectory(environment, "linux"), "/opt/native");
  const relative = variables({ PUPPET_CNN_NATIVE: "cache/native" });
  assert.equal(nativeDirectory(relative, "linux"), join(Deno.cwd(), "cache", "native"));
});

Deno.test("nativeDirectory() follows the conventions of each system", () => {
  const tail = join("puppet-cnn", "native", `${TFJS_NODE_VERSION}-${nativePlatform()}`);
  const home = { HOME: "/home/ada" };
  assert.equal(nativeDirectory(variables(home), "linux"), join("/home/ada/.cache", tail));
  assert.equal(nativeDirectory(variables(home), "darwin"), join("/home/ada/Library/Caches", tail));
  assert.equal(
    nativeDirectory(variables({ ...home, XDG_CACHE_HOME: "/var/cache/ada" }), "linux"),
    join("/var/cache/ada", tail),
  );
  assert.equal(
    nativeDirectory(variables({ ...home, XDG_CACHE_HOME: "relative" }), "linux"),
    join("/home/ada/.cache", tail),
  );
  assert.equal(nativeDirectory(variables({ LOCALAPPDATA: "C:" }), "windows"), join("C:", tail));
});

Deno.test("nativeDirectory() without a home says which variable to set", () => {
  assert.throws(() => nativeDirectory(variables({}), "linux"), /HOME.*set PUPPET_CNN_NATIVE/);
});

const MANIFEST: NativeManifest = {
  format: 1,
  source: "wheel",
  tfjsNode: TFJS_NODE_VERSION,
  tensorflow: "2.21.0",
  device: "cpu",
  platform: nativePlatform(),
  binding: "tensorflow/tfjs_binding.node",
  compiler: null,
  installedAt: "2026-01-01T00:00:00.000Z",
  archives: [],
  files: [
    { path: `${DRIVER_FOLDER}/package.json`, bytes: 2, sha256: "00" },
    { path: "tensorflow/tfjs_binding.node", bytes: 3, sha256: "00" },
  ],
};

/** Calls a test with a folder that holds a manifest and the one file that it names. */
async function withInstallation(
  manifest: unknown,
  test: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(directory, "tensorflow"));
    await Deno.writeTextFile(join(directory, MANIFEST.binding), "abc");
    await Deno.mkdir(join(directory, DRIVER_FOLDER), { recursive: true });
    await Deno.writeTextFile(join(directory, DRIVER_FOLDER, "package.json"), "{}");
    const text = typeof manifest === "string" ? manifest : JSON.stringify(manifest);
    await Deno.writeTextFile(join(directory, NATIVE_MANIFEST_NAME), text);
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("readNativeInstallation() finds a sound installation", () =>
  withInstallation(MANIFEST, async (directory) => {
    const found = await readNativeInstallation(directory);
    assert.deepEqual(found?.manifest, MANIFEST);
    assert.equal(found?.bindingPath, join(directory, MANIFEST.binding));
  }));

Deno.test("readNativeInstallation() is null where nothing is installed", async () => {
  const directory = await Deno.makeTempDir();
  assert.equal(await readNativeInstallation(directory), null);
  await Deno.remove(directory);
  assert.equal(await readNativeInstallation(directory), null);
});

Deno.test("readNativeInstallation() that cannot read what is there says so, for auto to go on", async () => {
  const directory = await Deno.makeTempDir();
  const path = join(directory, NATIVE_MANIFEST_NAME);
  const refused = async (message: RegExp) => {
    const refusal = readNativeInstallation(directory);
    await assert.rejects(
      refusal,
      (error) => error instanceof BackendError && message.test(error.message),
    );
  };
  const readTextFile = Deno.readTextFile;
  try {
    await Deno.mkdir(path);
    await refused(/manifest\.json cannot be read \(.*; install it again/);
    // Not with chmod: root may read everything.
    Deno.readTextFile = () => Promise.reject(new Deno.errors.PermissionDenied("denied"));
    await refused(/manifest\.json cannot be read \(denied\); give permission/);
    Deno.readTextFile = readTextFile;
    await Deno.remove(path);
    const files = [
      { path: "a/b", bytes: 1, sha256: "" },
      { path: `${DRIVER_FOLDER}/package.json`, bytes: 1, sha256: "" },
    ];
    await Deno.writeTextFile(path, JSON.stringify({ ...MANIFEST, binding: "a/b", files }));
    await Deno.mkdir(join(directory, DRIVER_FOLDER), { recursive: true });
    await Deno.writeTextFile(join(directory, DRIVER_FOLDER, "package.json"), "1");
    await Deno.writeTextFile(join(directory, "a"), "a file where a folder belongs");
    await refused(/b cannot be read \(/);
  } finally {
    Deno.readTextFile = readTextFile;
    await Deno.remove(directory, { recursive: true });
  }
});

const DAMAGED: readonly (readonly [string, unknown, RegExp])[] = [
  ["that is not JSON", "{", /is not JSON/],
  ["that is null", null, /format/],
  ["of another format", { ...MANIFEST, format: 2 }, /format 1/],
  ["of another platform", { ...MANIFEST, platform: "plan9-mips" }, /plan9-mips/],
  ["of another version", { ...MANIFEST, tfjsNode: "3.0.0" }, /3\.0\.0/],
  ["without files", { ...MANIFEST, files: undefined }, /lacks fields/],
  ["whose binding is not listed", { ...MANIFEST, binding: "other.node" }, /lacks fields/],
  [
    "that leaves the folder",
    { ...MANIFEST, files: [...MANIFEST.files, { path: "../x", bytes: 1, sha256: "" }] },
    /lacks fields/,
  ],
  [
    "with a missing file",
    { ...MANIFEST, files: [...MANIFEST.files, { path: "gone", bytes: 1, sha256: "" }] },
    /gone is missing/,
  ],
  [
    "with a file of another size",
    { ...MANIFEST, files: [MANIFEST.files[0], { ...MANIFEST.files[1], bytes: 4 }] },
    /has 3 bytes, the manifest says 4/,
  ],
  [
    "of an installation without tfjs-node's JavaScript",
    { ...MANIFEST, files: MANIFEST.files.slice(1) },
    /is of an older version of the toolkit/,
  ],
];

for (const [what, manifest, message] of DAMAGED) {
  Deno.test(`readNativeInstallation() rejects a manifest ${what}`, () =>
    withInstallation(manifest, async (directory) => {
      await assert.rejects(
        readNativeInstallation(directory),
        (error) =>
          error instanceof BackendError && message.test(error.message) &&
          error.message.endsWith('install it again with "deno task install-native --force"'),
      );
    }));
}
