import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DRIVER_FOLDER } from "../../lib/backends/native_cache.ts";
import { handOver } from "../../lib/backends/native_driver.ts";
import { runTool } from "./run_tool.ts";

/** Folders of the npm packages that only the native backend needs. */
export interface NativePackages {
  /** `@tensorflow/tfjs-node-gpu`: its JavaScript, and the C++ files of the binding. */
  readonly tfjsNode: string;
  /** `google-protobuf`, with which it writes summaries; it asks for it when it is loaded. */
  readonly protobuf: string;
  /** `node-api-headers`. */
  readonly nodeApi: string;
}

/**
 * Writes the folders, a line each. Only what a module imports is sure to lie in Deno's cache as files.
 */
const RESOLVE_SCRIPT = ["@tensorflow/tfjs-node-gpu", "google-protobuf", "node-api-headers"].map((
  name,
) =>
  `import "${name}/package.json" with { type: "json" };
   console.log(import.meta.resolve("${name}/package.json"));`
).join("\n");

/**
 * Fetches the packages through Deno, which knows the user's registry, into Deno's cache. They have a list and a lock file of their own:
 * Deno fetches whatever the toolkit's lock file names before it runs any command. Their other dependencies are
 * left out of the lock file on purpose: they serve the packages' installation scripts, which are not run, and the
 * package `@tensorflow/tfjs`, in whose place stands the `tfjs-core` that is there.
 *
 * @returns where the packages lie.
 * @throws {BackendError} if they cannot be fetched.
 */
export async function fetchPackages(): Promise<NativePackages> {
  const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const { stdout } = await runTool([
    Deno.execPath(),
    "eval",
    `--config=${pathOf("packages.json")}`,
    `--lock=${pathOf("packages.lock")}`,
    "--frozen",
    RESOLVE_SCRIPT,
  ], { purpose: "fetch @tensorflow/tfjs-node-gpu" });
  const folders = stdout.trim().split("\n").map((url) => dirname(fileURLToPath(url)));
  const [tfjsNode, protobuf, nodeApi] = folders as [string, string, string];
  return { tfjsNode, protobuf, nodeApi };
}

/** Copies JavaScript files, without their tests. */
async function copyScripts(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyScripts(join(from, name), join(to, name));
    else if (name.endsWith(".js") && !name.endsWith("_test.js")) {
      await Deno.copyFile(join(from, name), join(to, name));
    }
  }
}

/**
 * Puts the JavaScript of tfjs-node into an installation, where the toolkit and a compiled binary load it from. What it
 * asks for under the names of TensorFlow.js is handed to it by the process.
 *
 * @param packages Where the packages lie.
 * @param directory The installation.
 */
export async function placeDriver(
  { tfjsNode, protobuf }: NativePackages,
  directory: string,
): Promise<void> {
  const driver = join(directory, DRIVER_FOLDER);
  await copyScripts(join(tfjsNode, "dist"), join(driver, "dist"));
  await Deno.copyFile(join(tfjsNode, "package.json"), join(driver, "package.json"));
  const writer = join(directory, "node_modules", "google-protobuf");
  await Deno.mkdir(writer);
  for (const name of ["package.json", "google-protobuf.js"]) {
    await Deno.copyFile(join(protobuf, name), join(writer, name));
  }
  for (const name of ["tfjs", "tfjs-core"]) {
    const folder = join(dirname(driver), name);
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(join(folder, "index.js"), handOver);
  }
}
