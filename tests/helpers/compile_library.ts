import { join } from "node:path";
import { findTool, runTool } from "../../tasks/native/run_tool.ts";

const compiler = Deno.build.os === "linux" ? await findTool(["cc", "gcc"], ["--version"]) : null;

/** Whether this machine can compile simulated drivers. */
export const canCompile = compiler !== null;

/**
 * Compiles a library that stands for a part of a driver, hands its path to a test, and removes it.
 *
 * @param source The library in C.
 * @param test Uses the library.
 */
export async function withLibrary<Result>(
  source: string,
  test: (path: string) => Promise<Result>,
): Promise<Result> {
  const folder = await Deno.makeTempDir();
  try {
    const [code, path] = [join(folder, "library.c"), join(folder, "library.so")];
    await Deno.writeTextFile(code, source);
    await runTool([compiler!.program, "-shared", "-fPIC", code, "-o", path], {
      purpose: "compile a simulated driver",
    });
    return await test(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
