import assert from "node:assert/strict";
import { copy } from "../helpers/copy_folder.ts";
import { join } from "node:path";
import { NATIVE_DIRECTORY_VARIABLE, nativeDirectory } from "../../lib/backends/native_cache.ts";
import { testBackends } from "../helpers/backends.ts";
import { buildBundle, MAX_BUNDLE_BYTES } from "../../tasks/build_bundle.ts";
import { BIN_SCRIPT } from "../../tasks/bundle/npm_package.ts";
import { BUNDLE_SCRIPT } from "../../tasks/bundle/relocate.ts";
import { repositoryRoot } from "../helpers/run_command.ts";
import { writeTinyImages } from "../helpers/tiny_command.ts";
import { withFolder } from "../helpers/with_folder.ts";

const IMAGES = join(repositoryRoot, "tests", "fixtures", "images");

const TRAIN = [
  ...["--dataset", "folder", "--data", "images", "--image-size", "8", "--images", "all"],
  ...["--channels", "8", "--depth", "4", "--batch-size", "5", "--backend", "wasm"],
];

/** Everything that people do with it, one after the other, and what stdout has to say. */
const USES: readonly (readonly [words: readonly string[], said: RegExp])[] = [
  [["--version"], /^\d+\.\d+\.\d+\n$/],
  [["models", "puppet-cnn"], /puppet-cnn/],
  [["doctor"], /ok +backend wasm: WebAssembly/],
  [
    ["predict", "puppet-cnn-cifar10", join(IMAGES, "rgb.png"), join(IMAGES, "rgb.jpg")],
    /rgb\.png\n.*rgb\.jpg\n/,
  ],
  [["fetch-data", "synthetic"], /synthetic installed/],
  [["train", "--run", "run", ...TRAIN, "--epochs", "1"], /all epochs done/],
  [["train", "--resume", "run", "--epochs", "2"], /epochs +2 /],
  [["eval", "run", "--backend", "wasm"], /Top-1/],
  [["report", "run", "--output", "report.html", "--backend", "wasm"], /^$/],
  [["export", "run", "model"], /predict takes it like a run/],
  [["export", "run", "onnx", "--format", "onnx", "--backend", "wasm"], /adaptive\.onnx/],
  [["export", "puppet-cnn-cifar10", "page", "--format", "web"], /page\/index\.html/],
];

/** The same with the native library, where there is one. */
const NATIVE_USES: typeof USES = [
  [["doctor"], /ok +backend tensorflow: TensorFlow/],
  [["train", "--resume", "run", "--epochs", "3", "--backend", "tensorflow"], /epochs +3 /],
];

Deno.test("the bundle does all work from an empty folder without packages, cache or network", () =>
  withFolder(async (folder) => {
    const { folder: built, bytes } = await buildBundle();
    assert.ok(bytes < MAX_BUNDLE_BYTES, String(bytes));
    const [tool, work] = [join(folder, "tool"), join(folder, "work")];
    await copy(built, tool);
    await writeTinyImages(join(work, "images"));
    const hasNative = (await testBackends()).includes("tensorflow");
    for (const [words, said] of [...USES, ...hasNative ? NATIVE_USES : []]) {
      const isNative = NATIVE_USES.some(([uses]) => uses === words);
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--no-remote", "--no-npm", "--no-prompt", "--allow-read", "--allow-write"],
          ...["--allow-env", "--allow-sys", "--allow-ffi", join(tool, BUNDLE_SCRIPT), ...words],
        ],
        cwd: work,
        clearEnv: true,
        env: {
          HOME: join(folder, "home"),
          DENO_DIR: join(folder, "cache"),
          PATH: "",
          ...isNative ? { [NATIVE_DIRECTORY_VARIABLE]: nativeDirectory() } : {},
        },
        stdin: "null",
      }).output();
      const [out, talk] = [stdout, stderr].map((part) => new TextDecoder().decode(part));
      assert.equal(code, 0, `${words.join(" ")}: ${talk}`);
      assert.match(out!, said, `${words.join(" ")}: ${talk}`);
    }
    // The program of the npm package: Deno runs it, Node is told what it needs.
    const start = (program: string, flags: readonly string[]) =>
      new Deno.Command(program, { args: [...flags, join(tool, BIN_SCRIPT), "--version"] }).output();
    const deno = await start(Deno.execPath(), ["run", "--allow-read", "--allow-env"]);
    assert.match(new TextDecoder().decode(deno.stdout), /^\d+\.\d+\.\d+\n$/);
    const node = await start("node", []).catch(() => null);
    if (node !== null) {
      assert.equal(node.code, 1);
      assert.match(new TextDecoder().decode(node.stderr), /^error: .* needs Deno/);
    }
    assert.match(await Deno.readTextFile(join(work, "report.html")), /<html/);
    const names = [...Deno.readDirSync(join(folder, "cache"))].map(({ name }) => name);
    // Compiled code may be kept there; packages must not have come.
    assert.ok(
      !names.includes("npm") || [...Deno.readDirSync(join(folder, "cache", "npm"))].length === 0,
    );
  }));
