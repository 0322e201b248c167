import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  DRIVER_FOLDER,
  NATIVE_MANIFEST_NAME,
  type NativeManifest,
  nativePlatform,
  TFJS_NODE_VERSION,
} from "../../lib/backends/native_cache.ts";
import { BackendError, UsageError } from "../../lib/errors.ts";
import { installNative, parseInstallArguments } from "../../tasks/install_native.ts";
import { listNativeFiles, sha256OfFile } from "../../tasks/native/file_digests.ts";
import { ArchiveDigests, PINNED_DIGESTS, readDigests } from "../../tasks/native/archive_digests.ts";
import { prebuiltAddresses, requireHttps } from "../../tasks/native/install_prebuilt.ts";
import { cudaRequirements } from "../../tasks/native/install_wheel.ts";
import { findTool, runTool } from "../../tasks/native/run_tool.ts";
import { chooseWheel, wheelFileName } from "../../tasks/native/wheel_table.ts";

/** Calls a test with a path inside a folder that is removed afterwards. */
async function withTarget(test: (target: string, parent: string) => Promise<void>): Promise<void> {
  const parent = await Deno.makeTempDir();
  try {
    await test(join(parent, "native"), parent);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

/** Writes an installation whose one file is as the manifest says, or not. */
async function writeInstallation(target: string, content = "abc"): Promise<void> {
  await Deno.mkdir(target, { recursive: true });
  await Deno.writeTextFile(join(target, "tfjs_binding.node"), content);
  await Deno.mkdir(join(target, DRIVER_FOLDER), { recursive: true });
  await Deno.writeTextFile(join(target, DRIVER_FOLDER, "package.json"), "abc");
  const sha256 = createHash("sha256").update("abc").digest("hex");
  const manifest: NativeManifest = {
    format: 1,
    source: "wheel",
    tfjsNode: TFJS_NODE_VERSION,
    tensorflow: "2.21.0",
    device: "cpu",
    platform: nativePlatform(),
    binding: "tfjs_binding.node",
    compiler: null,
    installedAt: "2026-01-01T00:00:00.000Z",
    archives: [],
    files: [
      { path: "tfjs_binding.node", bytes: 3, sha256 },
      { path: `${DRIVER_FOLDER}/package.json`, bytes: 3, sha256 },
    ],
  };
  await Deno.writeTextFile(join(target, NATIVE_MANIFEST_NAME), JSON.stringify(manifest));
}

Deno.test("installNative() leaves a sound installation alone", () =>
  withTarget(async (target) => {
    await writeInstallation(target);
    const lines: string[] = [];
    const found = await installNative({ directory: target, report: (line) => lines.push(line) });
    assert.equal(found.directory, target);
    assert.deepEqual(lines, [`Already installed: TensorFlow 2.21.0 in ${target}`]);
  }));

Deno.test("installNative() finds a changed byte", () =>
  withTarget(async (target) => {
    await writeInstallation(target, "abd");
    await assert.rejects(installNative({ directory: target }), /SHA-256 is .*--force/);
  }));

Deno.test("installNative() refuses a folder with somebody's files, with force as well", () =>
  withTarget(async (target) => {
    await Deno.mkdir(target);
    await Deno.writeTextFile(join(target, "thesis.txt"), "mine");
    for (const force of [false, true]) {
      await assert.rejects(
        installNative({ directory: target, force }),
        /holds files but no manifest/,
      );
    }
    assert.equal(await Deno.readTextFile(join(target, "thesis.txt")), "mine");
  }));

Deno.test("installNative() that fails leaves what was there and no staging folder", () =>
  withTarget(async (target, parent) => {
    await writeInstallation(target);
    await Deno.mkdir(`${target}.tmp-1`);
    await assert.rejects(
      installNative({ directory: target, force: true, source: "prebuilt" }),
      (error) =>
        error instanceof BackendError && /no SHA-256 is pinned|publishes no/.test(error.message),
    );
    const names = [...Deno.readDirSync(parent)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["native", "native.lock"]);
    await installNative({ directory: target });
  }));

Deno.test("installNative() brings back what a killed one had moved aside, whatever comes then", () =>
  withTarget(async (target, parent) => {
    // Killed between the two renames; the other leftover was being removed.
    await writeInstallation(`${target}.old-2`);
    await Deno.mkdir(`${target}.old-1`);
    await assert.rejects(
      installNative({ directory: target, force: true, source: "prebuilt" }),
      BackendError,
    );
    const names = [...Deno.readDirSync(parent)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["native", "native.lock"]);
    const lines: string[] = [];
    await installNative({ directory: target, report: (line) => lines.push(line) });
    assert.deepEqual(lines, [`Already installed: TensorFlow 2.21.0 in ${target}`]);
  }));

Deno.test("parseInstallArguments() reads the options and rejects others", () => {
  assert.deepEqual(parseInstallArguments(["--force", "--source", "wheel", "--device=gpu"]), {
    force: true,
    source: "wheel",
    device: "gpu",
    dryRun: false,
  });
  const usual = { force: false, source: "auto", device: "auto", dryRun: true };
  assert.deepEqual(parseInstallArguments(["--dry-run"]), usual);
  assert.throws(() => parseInstallArguments(["-h"]), /Usage: deno task install-native/);
  assert.throws(() => parseInstallArguments(["--source", "floppy"]), /"floppy"/);
  assert.throws(() => parseInstallArguments(["--fast"]), UsageError);
});

Deno.test("prebuiltAddresses() follows the package's own mirror variables", () => {
  const official = prebuiltAddresses("linux-x86_64", () => undefined);
  assert.match(official!.library, /libtensorflow-gpu-linux-x86_64-2\.9\.1\.tar\.gz$/);
  assert.match(official!.binding, /napi-v8\/4\.22\.0\/GPU-linux-4\.22\.0\.tar\.gz$/);
  const mirror = prebuiltAddresses(
    "linux-x86_64",
    (name) => name === "TFJS_NODE_CDN_STORAGE" ? "http://127.0.0.1/" : undefined,
  );
  assert.ok(mirror!.binding.startsWith("http://127.0.0.1/tf-builds/"));
  assert.equal(prebuiltAddresses("linux-aarch64", () => undefined), null);
});

Deno.test("chooseWheel() pins the wheel that was seen and knows where there is none", () => {
  const pinned = PINNED_DIGESTS.get(wheelFileName(chooseWheel("linux-x86_64", "cpu")!));
  assert.match(pinned!, /^[0-9a-f]{64}$/);
  assert.equal(chooseWheel("linux-x86_64", "gpu")!.project, "tensorflow");
  assert.equal(chooseWheel("windows-x86_64", "cpu"), null);
});

Deno.test("cudaRequirements() takes the extra and-cuda only", () => {
  const metadata = [
    "numpy>=1.26.0",
    'nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"',
    'tensorflow-io-gcs-filesystem>=0.23.1; extra == "gcs-filesystem"',
  ].join("\n");
  assert.deepEqual(cudaRequirements(metadata), ["nvidia-cudnn-cu12<10.0,>=9.3.0.75"]);
  // A wheel could name anything, and pip takes some words for options.
  const hostile = [
    "--index-url=http://a.test",
    "nvidia-x @ http://a.test/x.whl",
    "requests",
    "-r x",
  ]
    .map((word) => `${word}; extra == "and-cuda"`).join("\n");
  assert.deepEqual(cudaRequirements(hostile), []);
});

Deno.test("no library is fetched from an http address", () => {
  for (const address of ["http://a.test/x.tar.gz", "ftp://a.test/x", "/etc/passwd", "x"]) {
    assert.throws(() => requireHttps(address), /https addresses only/);
  }
  requireHttps("https://a.test/x.tar.gz");
});

Deno.test("ArchiveDigests lets nothing pass whose SHA-256 is not known, and lists what came", () =>
  withTarget(async (target) => {
    await Deno.mkdir(target);
    const paths = ["one.whl", "two.whl"].map((name) => join(target, name));
    for (const path of paths) await Deno.writeTextFile(path, path);
    const digestOf = (path: string) => createHash("sha256").update(path).digest("hex");
    const lines = paths.map((path) => `${digestOf(path)}  ${path.split("/").at(-1)}`);
    const strict = new ArchiveDigests();
    assert.deepEqual([await strict.check(paths[0]!), await strict.check(paths[1]!)], [
      false,
      false,
    ]);
    assert.throws(
      () => strict.refuseMissing(),
      (error) =>
        error instanceof BackendError && lines.every((line) => error.message.includes(line)) &&
        /--digests$/.test(error.message),
    );
    // What the message lists is the file that --digests takes.
    const file = join(target, "digests");
    await Deno.writeTextFile(file, `${lines.join("\n")}\n`);
    const given = new ArchiveDigests(await readDigests(file));
    assert.ok(await given.check(paths[0]!));
    given.refuseMissing();
    assert.deepEqual(given.archives, [
      { name: "one.whl", sha256: digestOf(paths[0]!), pinned: false },
    ]);
    await Deno.writeTextFile(paths[1]!, "changed");
    await assert.rejects(given.check(paths[1]!), /Cannot use two\.whl: its SHA-256 is .* given is/);
    await Deno.writeTextFile(file, "not a digest\n");
    await assert.rejects(readDigests(file), /line 1 of .* must have the form/);
  }));

Deno.test("ArchiveDigests takes no given digest for a pinned archive", () =>
  withTarget(async (target) => {
    const [[name] = [""]] = PINNED_DIGESTS;
    await Deno.mkdir(target);
    const path = join(target, name);
    await Deno.writeTextFile(path, "forged");
    const sha256 = createHash("sha256").update("forged").digest("hex");
    const digests = new ArchiveDigests(new Map([[name, sha256]]));
    await assert.rejects(digests.check(path), /pinned is/);
  }));

Deno.test("listNativeFiles() lists files in folders with their digests", () =>
  withTarget(async (target) => {
    await Deno.mkdir(join(target, "b"), { recursive: true });
    await Deno.writeTextFile(join(target, "b", "two"), "two");
    await Deno.writeTextFile(join(target, "a"), "");
    const files = await listNativeFiles(target);
    assert.deepEqual(files.map(({ path, bytes }) => [path, bytes]), [["a", 0], ["b/two", 3]]);
    const expected = createHash("sha256").update("two").digest("hex");
    assert.equal(files[1]!.sha256, expected);
    assert.equal(await sha256OfFile(join(target, "b", "two")), expected);
  }));

Deno.test("runTool() names a missing program and the end of what a failing one wrote", async () => {
  await assert.rejects(
    runTool(["no-such-program-at-all"], { purpose: "test" }),
    /Cannot test: "no-such-program-at-all" is not on the PATH; install it/,
  );
  await assert.rejects(
    runTool([Deno.execPath(), "run", "no-such-file.ts"], { purpose: "test" }),
    /ended with 1:\n.*no-such-file/s,
  );
  assert.equal(await findTool(["no-such-program-at-all"], ["--version"]), null);
});
