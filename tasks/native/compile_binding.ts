import { join } from "node:path";
import { BackendError } from "../../lib/errors.ts";
import type { NativePackages } from "./fetch_packages.ts";
import { findTool, runTool } from "./run_tool.ts";

/** A C++ compiler that was found. */
export interface Compiler {
  readonly program: string;
  /** First line of what it says about itself. */
  readonly version: string;
}

/** Folders and files of a compilation. */
export interface CompileOptions {
  readonly compiler: Compiler;
  /** Where the binding's sources and Node-API's headers lie. */
  readonly packages: NativePackages;
  /** Folder that holds TensorFlow's headers. */
  readonly includeDirectory: string;
  /** The libraries to link to; the binding looks for them in its own folder. */
  readonly libraries: readonly string[];
  /** Where the binding is written. */
  readonly output: string;
}

/** Version of Node-API that the two files are written for. */
const NODE_API_VERSION = 8;

const COMPILER_REMEDY = {
  linux: 'install g++ (Debian, Ubuntu: "apt install g++"; Fedora: "dnf install gcc-c++")',
  darwin: 'install the command line tools ("xcode-select --install")',
};

/**
 * Finds a C++ compiler: `CXX`, or the first of the usual names.
 *
 * @returns the compiler.
 * @throws {BackendError} if there is none.
 */
export async function findCompiler(): Promise<Compiler> {
  const chosen = Deno.env.get("CXX");
  const candidates = chosen ? [chosen] : ["g++", "c++", "clang++"];
  const compiler = await findTool(candidates, ["--version"]);
  if (compiler !== null) return compiler;
  throw new BackendError(
    `Cannot compile the binding: no C++ compiler found, looked for ${candidates.join(", ")}; ` +
      (Deno.build.os === "darwin" ? COMPILER_REMEDY.darwin : COMPILER_REMEDY.linux),
  );
}

/**
 * Compiles the binding's two C++ files, which the npm package carries, against TensorFlow's C headers.
 *
 * @param options - compiler, folders and files.
 * @throws {BackendError} if the compilation fails.
 */
export async function compileBinding(options: CompileOptions): Promise<void> {
  const isMac = Deno.build.os === "darwin";
  const sources = join(options.packages.tfjsNode, "binding");
  // The headers come from npm as well: an installed Node.js would need its development files.
  const headers = join(options.packages.nodeApi, "include");
  await runTool([
    options.compiler.program,
    "-std=c++17",
    "-O2",
    "-fPIC",
    "-shared",
    `-DNAPI_VERSION=${NODE_API_VERSION}`,
    "-DNODE_GYP_MODULE_NAME=tfjs_binding",
    `-I${headers}`,
    `-I${options.includeDirectory}`,
    `-I${sources}`,
    join(sources, "tfjs_backend.cc"),
    join(sources, "tfjs_binding.cc"),
    "-o",
    options.output,
    ...options.libraries,
    // Node-API's functions are in the program that loads the binding.
    ...isMac ? ["-undefined", "dynamic_lookup"] : [],
    `-Wl,-rpath,${isMac ? "@loader_path" : "$ORIGIN"}`,
  ], { purpose: "compile the binding" });
}
