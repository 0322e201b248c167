import { enterCallersFolder } from "./cli/callers_folder.ts";
import { runCommandLine } from "./cli/command_tree.ts";
import { reportError } from "./cli/report_error.ts";

try {
  await enterCallersFolder();
  await runCommandLine(Deno.args);
} catch (error) {
  // Not Deno.exitCode: a failed command may leave listeners behind that would keep the process alive.
  Deno.exit(reportError(error, { debug: Deno.args.includes("--debug") }));
}
