import { enterCallersFolder } from "./callers_folder.ts";
import { runCommandLine } from "./command_tree.ts";
import { reportError } from "./report_error.ts";

/** Runs the command line of the process, and ends it with the exit code of an error. */
export async function runProgram(): Promise<void> {
  try {
    await enterCallersFolder();
    await runCommandLine(Deno.args);
  } catch (error) {
    // Not Deno.exitCode: a failed command may leave listeners behind that would keep the process alive.
    Deno.exit(reportError(error, { debug: Deno.args.includes("--debug") }));
  }
}
