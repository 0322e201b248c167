import {
  removeQuietly,
  stagingSuffix,
  writeFileAtomically,
  writeNewFile,
} from "../lib/files/atomic_write.ts";
import { describePathFailure } from "../lib/files/path_failure.ts";
import { CheckpointError, PuppetError, UsageError } from "../lib/errors.ts";
import { StagedFile } from "../lib/files/staged_file.ts";
import { exitCodeOfSignal } from "./exit_codes.ts";
import { type Output, writeText } from "./output.ts";
import { withStopSignals } from "./stop_signals.ts";
import { countOf } from "../lib/count_of.ts";

/** Where a document goes. */
export interface DocumentTarget {
  /** File; absent for stdout. */
  readonly output?: string | undefined;
  /** File of a page beside it; absent for none. */
  readonly report?: string | undefined;
  /** Whether a file that is there may be replaced. */
  readonly force?: true | undefined;
}

/**
 * Refuses targets that cannot be written before any work is done for them.
 *
 * @param target Where document and page are to go.
 * @throws {UsageError} if one of them is there and not to be replaced, cannot be written, or both are the same.
 */
export async function checkTargets({ output, report, force }: DocumentTarget): Promise<void> {
  if (await isSameFile(output, report)) {
    throw new UsageError(`Cannot write ${output} twice: --output and --report name the same file`);
  }
  if (output !== undefined || report === undefined) await checkTarget({ output, force });
  if (report !== undefined) await checkTarget({ output: report, force });
  for (const path of [output, report]) {
    if (path !== undefined) await writeUndisturbed(() => tryToWrite(path));
  }
}

/**
 * Whether two names lead to one place, however they are spelled and whatever links their folders are. A link that is
 * itself the target is replaced, so it is a place of its own.
 */
async function isSameFile(one: string | undefined, other: string | undefined): Promise<boolean> {
  if (one === undefined || other === undefined) return false;
  const { basename, dirname, join, resolve } = await import("node:path");
  const placeOf = async (path: string) => {
    const whole = resolve(path);
    // A folder that is not there, or may not be looked at, is refused by whoever looks for it.
    const folder = await Deno.realPath(dirname(whole)).catch(() => dirname(whole));
    return join(folder, basename(whole));
  };
  return await placeOf(one) === await placeOf(other);
}

/** Writes to the end, since a file half written would stay beside the target; a signal ends the command then. */
async function writeUndisturbed(write: () => Promise<void>): Promise<void> {
  const { signal } = await withStopSignals(write, () => {});
  if (signal !== null) Deno.exit(exitCodeOfSignal(signal));
}

/** Writes an empty file beside a target and removes it: a disk can be read-only, a folder another's. */
async function tryToWrite(path: string): Promise<void> {
  const probe = `${path}${stagingSuffix()}`;
  try {
    await writeNewFile(probe, new Uint8Array());
  } catch (error) {
    throw refusal(path, error);
  } finally {
    await removeQuietly(probe);
  }
}

function refusal(path: string, error: unknown): unknown {
  const failure = describePathFailure(error);
  if (failure === null) return error;
  return new UsageError(`Cannot write ${path}: ${failure}; name another file`, { cause: error });
}

/** Refuses a file that is there and not to be replaced, is a folder, pipe or device, or whose folder is not there. */
async function checkTarget({ output, force }: DocumentTarget): Promise<void> {
  if (output === undefined) {
    if (force) throw new UsageError("Cannot use --force without --output: nothing is replaced");
    return;
  }
  if (output === "-") {
    throw new UsageError(
      "Cannot write -: leave it out to write to stdout; a file of that name is ./-",
    );
  }
  const { dirname } = await import("node:path");
  const folder = await statOrNull(dirname(output), output);
  if (!folder?.isDirectory) {
    throw new UsageError(
      `Cannot write ${output}: there is no folder ${dirname(output)}; make it first`,
    );
  }
  const found = await statOrNull(output, output);
  if (found?.isDirectory) {
    throw new UsageError(`Cannot write ${output}: it is a folder; name a file`);
  }
  if (found !== null && !found.isFile) {
    throw new UsageError(
      `Cannot write ${output}: it is a pipe, socket or device, in whose place a file would be put; name a file, or ` +
        "let stdout lead there",
    );
  }
  const isLink = found === null && (await statOrNull(output, output, Deno.lstat)) !== null;
  if (isLink && !force) {
    throw new UsageError(
      `Cannot write ${output}: a link that leads nowhere is there; name another file, or replace it with --force`,
    );
  }
  if (found !== null && !force) {
    throw new UsageError(
      `Cannot write ${output}: the file is there; name another, or replace it with --force`,
    );
  }
}

/** What is at a path; `null` where there is nothing. Refusals name the target for which it is looked at. */
async function statOrNull(
  path: string,
  target: string,
  look: typeof Deno.stat = Deno.stat,
): Promise<Deno.FileInfo | null> {
  try {
    return await look(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw refusal(target, error);
  }
}

/** Writes to the file of a document: where that fails, nothing is wrong with a checkpoint, whose exit code it would get. */
async function writeDocumentFile<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw new PuppetError(error.message, { cause: error });
  }
}

/** A document that is written piece by piece. */
export interface OpenDocument {
  /** Adds text. */
  readonly write: (text: string) => Promise<void>;
  /** Puts the file in its place, and says so. */
  readonly complete: () => Promise<void>;
  /** Leaves nothing of the file. */
  readonly discard: () => void;
}

/**
 * Opens a document: its file, which appears whole or not at all, or stdout.
 *
 * @param options Where it goes, and where a command writes.
 * @returns The document; the caller completes or discards it.
 * @throws {PuppetError} if nothing can be written there.
 */
export async function openDocument(
  options: DocumentTarget & { readonly to: Output },
): Promise<OpenDocument> {
  const { output, to } = options;
  if (output === undefined) {
    return {
      write: (text) => Promise.resolve(writeText(text, "stdout")),
      complete: () => Promise.resolve(),
      discard: () => {},
    };
  }
  const file = await writeDocumentFile(() => StagedFile.open(output));
  return {
    write: (text) => writeDocumentFile(() => file.write(text)),
    complete: async () => {
      // Looked at again: the work may have taken minutes.
      await checkTarget(options);
      sayWritten(output, await writeDocumentFile(() => file.complete()), to);
    },
    discard: () => file.discard(),
  };
}

function sayWritten(path: string, bytes: number, to: Output): void {
  to.talk(`wrote ${path}, ${countOf(bytes, "byte")}`);
}

/**
 * Writes a document: to its file, whole or not at all, or to stdout.
 *
 * @param text The document; a line end is added where it has none.
 * @param options Where it goes, and where a command writes.
 * @throws {UsageError} if the target may not be written.
 * @throws {PuppetError} if it cannot be written.
 */
export async function writeDocument(
  text: string,
  options: DocumentTarget & { readonly to: Output },
): Promise<void> {
  const { output, to } = options;
  const lines = text.endsWith("\n") ? text : `${text}\n`;
  if (output === undefined) return to.data(lines.slice(0, -1));
  // Looked at again: the work may have taken minutes.
  await checkTarget(options);
  await writeUndisturbed(() => writeDocumentFile(() => writeFileAtomically(output, lines)));
  sayWritten(output, new TextEncoder().encode(lines).length, to);
}
