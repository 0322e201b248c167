import { styleText } from "node:util";
import { PuppetError } from "../lib/errors.ts";
import { safeJson, safeLine, safeText } from "../lib/safe_text.ts";
import { shortenMessage } from "../lib/shorten_message.ts";

/** The two streams of a command: results go to stdout, remarks go to stderr. */
export type StreamName = "stdout" | "stderr";

/** The few styles that the commands use. */
export type TextStyle = "bold" | "dim" | "red" | "green" | "yellow";

/** Where a command writes. */
export interface Output {
  /** Results are printed as JSON. */
  readonly json: boolean;
  /** Remarks on stderr are left out. */
  readonly quiet: boolean;
  /** Writes result text to stdout; a line end is added. */
  data(text: string): void;
  /** Writes a result to stdout: the value as JSON with `--json`, otherwise the text. */
  result(value: unknown, toText: () => string): void;
  /** Says something on stderr; silent with `--quiet`. */
  talk(text: string): void;
  /** Says something on stderr that must be seen, even with `--quiet`. */
  warn(text: string): void;
}

/** What escape sequences depend on. */
export interface StreamConditions {
  /** Whether the stream is a terminal. */
  readonly isTerminal: boolean;
  /** Reads an environment variable. */
  readonly environment: (name: string) => string | undefined;
}

/** The reader of stdout went away (`puppet-cnn ... | head -1`): no failure of ours. */
export class ClosedOutputError extends Error {
  override name = "ClosedOutputError";
}

/**
 * Reads an environment variable where Deno allows it.
 *
 * @param name Name of the variable.
 * @returns Its value; `undefined` where it is not set or may not be read.
 */
export function readEnvironment(name: string): string | undefined {
  // Asked for first: in a terminal, Deno.env.get() would stop and prompt for the permission.
  const permission = Deno.permissions.querySync({ name: "env", variable: name });
  return permission.state === "granted" ? Deno.env.get(name) : undefined;
}

/**
 * Whether a stream obeys escape sequences, which move the cursor.
 *
 * @param conditions The stream and the environment.
 * @returns `true` on a terminal that is not a dumb one (TERM=dumb).
 */
export function obeysEscapes({ isTerminal, environment }: StreamConditions): boolean {
  return isTerminal && environment("TERM") !== "dumb";
}

/**
 * Decides on colour: FORCE_COLOR, then NO_COLOR, then TERM=dumb, then whether the stream is a terminal.
 *
 * @param conditions The stream and the environment.
 * @returns Whether to write escape sequences.
 */
export function wantsColor(conditions: StreamConditions): boolean {
  const force = conditions.environment("FORCE_COLOR");
  if (force !== undefined && force !== "") return force !== "0" && force !== "false";
  if (conditions.environment("NO_COLOR")) return false;
  return obeysEscapes(conditions);
}

/**
 * Whether a stream is a terminal.
 *
 * @param stream The stream.
 * @returns `true` on a terminal, `false` for files and pipes.
 */
export function isTerminal(stream: StreamName): boolean {
  return Deno[stream].isTerminal();
}

function conditionsOf(stream: StreamName): StreamConditions {
  return { isTerminal: isTerminal(stream), environment: readEnvironment };
}

/**
 * Whether a line of a stream can be drawn again in its place.
 *
 * @param stream The stream.
 * @returns The answer of {@linkcode obeysEscapes} for this process.
 */
export function canRedraw(stream: StreamName): boolean {
  return obeysEscapes(conditionsOf(stream));
}

/**
 * Whether text for a stream may be coloured.
 *
 * @param stream The stream.
 * @returns The answer of {@linkcode wantsColor} for this process.
 */
export function hasColor(stream: StreamName): boolean {
  return wantsColor(conditionsOf(stream));
}

/**
 * Styles text where the stream wants colour, and leaves it alone elsewhere.
 *
 * @param text The text.
 * @param options The style, and the stream that the text will be written to.
 * @returns The text, with escape sequences or without.
 */
export function paint(
  text: string,
  options: { readonly style: TextStyle; readonly stream: StreamName },
): string {
  if (!hasColor(options.stream)) return text;
  return styleText(options.style, text, { validateStream: false });
}

/** Pause before a stream that is full is tried again, in milliseconds. */
const RETRY_MILLISECONDS = 10;
/** How often remarks are offered to a full stderr: it is lost rather than stop the work for ever. */
const STDERR_RETRIES = 100;

/** What the failure of a write means. */
function outputFailure(error: unknown): unknown {
  if (error instanceof Deno.errors.BrokenPipe) {
    return new ClosedOutputError("The reader of stdout went away");
  }
  if (!(error instanceof Error)) return error;
  return new PuppetError(
    `Cannot write the result to stdout: ${error.message}; give it another file or a disk with room`,
    { cause: error },
  );
}

/**
 * Writes text to a stream, all of it, before it returns.
 *
 * @param text The text; nothing is added.
 * @param stream The stream.
 * @throws {ClosedOutputError} if the reader of stdout went away.
 * @throws {PuppetError} if stdout cannot be written otherwise. Nothing is thrown for stderr: a training must not die
 *   because its log is no longer read, or the log's disk is full.
 */
export function writeText(text: string, stream: StreamName): void {
  let bytes = new TextEncoder().encode(text);
  let retries = 0;
  while (bytes.length > 0) {
    try {
      // A pipe may take less than was offered.
      bytes = bytes.subarray(Deno[stream].writeSync(bytes));
    } catch (error) {
      // Somebody has made the pipe or terminal non-blocking, and it is full.
      if (error instanceof Deno.errors.WouldBlock) {
        retries += 1;
        if (stream === "stderr" && retries > STDERR_RETRIES) return;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MILLISECONDS);
        continue;
      }
      if (stream === "stderr") return;
      throw outputFailure(error);
    }
  }
}

/** Moves to the beginning of a terminal's line and empties it. */
export const CLEAR_LINE = "\r\x1b[K";

/** The progress line on stderr, which what is said must not run into. */
let movingLine = "";

/**
 * Tells of the progress line, so that remarks and warnings are written above it.
 *
 * @param line The line as it stands; "" where there is none.
 */
export function setMovingLine(line: string): void {
  movingLine = line;
}

/** Writes a line to stderr, above the progress line. */
function writeAboveProgress(text: string): void {
  writeText(movingLine === "" ? `${text}\n` : `${CLEAR_LINE}${text}\n${movingLine}`, "stderr");
}

/**
 * Shows a result, and then says how its making ended: a failure keeps its exit code if stdout cannot be written.
 *
 * @param show Writes the result.
 * @param refuse Throws where the end was bad.
 * @throws whatever `refuse` throws; else whatever `show` throws.
 */
export async function showBeforeEnd(
  show: () => void | Promise<void>,
  refuse: () => void,
): Promise<void> {
  try {
    await show();
  } catch (error) {
    refuse();
    throw error;
  }
  refuse();
}

/**
 * Makes the output of a command.
 *
 * @param options `json`: results as JSON (default `false`); `quiet`: no talk (default `false`).
 * @returns Where the command writes.
 */
export function createOutput(
  options: { readonly json?: boolean | undefined; readonly quiet?: boolean | undefined } = {},
): Output {
  const { json = false, quiet = false } = options;
  const data = (text: string) => writeText(`${text}\n`, "stdout");
  const warn = (text: string) => writeAboveProgress(safeLine(shortenMessage(text)));
  return {
    json,
    quiet,
    data,
    result: (value, toText) => data(json ? safeJson(value) : safeText(toText())),
    talk: (text) => quiet || warn(text),
    warn,
  };
}
