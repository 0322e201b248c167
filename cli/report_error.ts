import { PuppetError } from "../lib/errors.ts";
import { describePathFailure } from "../lib/files/path_failure.ts";
import { refusedAccess } from "../lib/files/refused_access.ts";
import { shortenMessage } from "../lib/shorten_message.ts";
import { EXIT_CODES, type ExitCode, exitCodeOf, InterruptedError } from "./exit_codes.ts";
import { ClosedOutputError, paint, writeText } from "./output.ts";
import { PROGRAM } from "./program_name.ts";
import { safeLine, safeText } from "../lib/safe_text.ts";

/** Deno flag that allows what a refused access asked for. */
const PERMISSION_FLAG = /--allow-(?:read|write|net|env|sys|run|ffi|import)/;

/** What Deno advises behind a refusal. */
const ADVICE = /, run again with the .*$/;

/** What, where and what to do about a permission that Deno refused. */
function describeRefusal(error: Error): string {
  const flag = PERMISSION_FLAG.exec(error.message)?.[0];
  const task = flag === "--allow-run" ? "sweep" : "puppet";
  const advice = flag === undefined ? "" : `, or add ${flag} before main.ts`;
  const start = PROGRAM === "puppet-cnn"
    ? flag === undefined ? "install it anew with what it needs" : `install it anew with ${flag}`
    : `start with "deno task ${task}"${advice}`;
  // Where a module of Deno's own was refused, the name of the error stands before its message, and the stack behind it.
  const what = error.message.split("\n")[0]!.replace(ADVICE, "").replace(
    /^(?:NotCapable: )?Requires/,
    "it needs",
  );
  return `Deno refused an access: ${safeLine(what)}; ${start}`;
}

/** One sentence, or a few lines, for the person at the terminal. */
function describeError(error: unknown): string {
  const refused = refusedAccess(error);
  if (refused !== null) return describeRefusal(refused);
  if (error instanceof PuppetError || error instanceof InterruptedError) return error.message;
  const failure = describePathFailure(error);
  if (failure !== null && error instanceof Error) {
    const message = error.message.split("\n")[0]!.replace(ADVICE, "");
    return `Cannot use a file or folder: ${failure} (${message}); name another, or run again with --debug to see ` +
      "what it is for";
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `Unexpected failure: ${
    text.split("\n")[0]
  }; run again with --debug to see where it happened`;
}

/** The error, its stack and its causes. */
function describeStack(error: unknown): string {
  const parts: string[] = [];
  for (let current = error; current instanceof Error; current = current.cause) {
    parts.push(current.stack ?? String(current));
  }
  return parts.join("\ncaused by ");
}

/**
 * Tells the person at the terminal about an error, on stderr.
 *
 * @param error Whatever was thrown.
 * @param options `debug`: with stack traces (default `false`).
 * @returns The exit code for it.
 */
export function reportError(
  error: unknown,
  options: { readonly debug?: boolean } = {},
): ExitCode {
  if (error instanceof ClosedOutputError) return EXIT_CODES.done;
  const isInterruption = error instanceof InterruptedError;
  const label = isInterruption
    ? paint("stopped:", { style: "yellow", stream: "stderr" })
    : paint("error:", { style: "red", stream: "stderr" });
  writeText(`${label} ${safeText(shortenMessage(describeError(error)))}\n`, "stderr");
  if (options.debug) writeText(`${safeText(describeStack(error))}\n`, "stderr");
  return exitCodeOf(error);
}
