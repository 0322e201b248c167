import { Option } from "@commander-js/extra-typings";
import { writeFileAtomically } from "../lib/files/atomic_write.ts";
import { UsageError } from "../lib/errors.ts";
import { formatCount } from "./number_text.ts";
import { isTerminal, type Output } from "./output.ts";
import { safeText } from "../lib/safe_text.ts";

/** Where a document goes. */
export interface DocumentTarget {
  /** File; absent for stdout. */
  readonly output?: string | undefined;
  /** Whether a file that is there may be replaced. */
  readonly force?: true | undefined;
}

/** Makes `--output <file>`. */
export function outputOption(): Option<"--output <file>"> {
  return new Option("--output <file>", "write to this file instead of stdout");
}

/** Makes `--force`. */
export function forceOption(): Option<"--force"> {
  return new Option("--force", "overwrite the file if it exists");
}

/**
 * Refuses a target that cannot be written before any work is done for it.
 *
 * @param target Where the document is to go.
 * @throws {UsageError} if the file is there and not to be replaced, is a folder, or its folder is not there.
 */
export async function checkTarget({ output, force }: DocumentTarget): Promise<void> {
  if (output === undefined) {
    if (force) throw new UsageError("Cannot use --force without --output: nothing is replaced");
    return;
  }
  const { dirname } = await import("node:path");
  const folder = await statOrNull(dirname(output));
  if (!folder?.isDirectory) {
    throw new UsageError(
      `Cannot write ${output}: there is no folder ${dirname(output)}; make it first`,
    );
  }
  const found = await statOrNull(output);
  if (found?.isDirectory) {
    throw new UsageError(`Cannot write ${output}: it is a folder; name a file`);
  }
  if (found !== null && !force) {
    throw new UsageError(
      `Cannot write ${output}: the file is there; name another, or replace it with --force`,
    );
  }
}

async function statOrNull(path: string): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw error;
  }
}

/**
 * Writes a document to stdout. Names in it come from files: on a terminal it has no control characters, in a pipe it stays
 * as it is.
 *
 * @param text The document; a line end is added.
 * @param to Where a command writes.
 */
export function showDocument(text: string, to: Output): void {
  to.data(isTerminal("stdout") ? safeText(text) : text);
}

/**
 * Writes a document: to its file, whole or not at all, or to stdout.
 *
 * @param text The document; a line end is added where it has none.
 * @param options Where it goes, and where a command writes.
 * @throws {UsageError} if the target may not be written.
 */
export async function writeDocument(
  text: string,
  options: DocumentTarget & { readonly to: Output },
): Promise<void> {
  const { output, to } = options;
  const lines = text.endsWith("\n") ? text : `${text}\n`;
  if (output === undefined) return showDocument(lines.slice(0, -1), to);
  // Looked at again: the work may have taken minutes.
  await checkTarget(options);
  await writeFileAtomically(output, lines);
  to.talk(`wrote ${output}, ${formatCount(new TextEncoder().encode(lines).length)} bytes`);
}
