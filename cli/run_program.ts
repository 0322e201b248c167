import { enterCallersFolder } from "./callers_folder.ts";
import { keepIgnoringHangUp } from "./hang_up.ts";
import { reportError } from "./report_error.ts";

/** Runs the command line of the process, and ends it with the exit code of an error. */
export async function runProgram(): Promise<void> {
  // First of all, and the commands are loaded after it: soon Deno sets a handler of its own.
  const hearHangUp = keepIgnoringHangUp();
  try {
    await enterCallersFolder();
    const { runCommandLine } = await import("./command_tree.ts");
    await runCommandLine(Deno.args);
  } catch (error) {
    // Not Deno.exitCode: a failed command may leave listeners behind that would keep the process alive.
    Deno.exit(reportError(error, { debug: Deno.args.includes("--debug") }));
  } finally {
    hearHangUp();
  }
}
