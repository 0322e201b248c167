import { safeLine } from "./safe_text.ts";
import { shortenMessage } from "./shorten_message.ts";

/**
 * The failures that a user can cause or meet. Arguments of the wrong shape or range raise the built-in
 * `TypeError` and `RangeError`; everything that comes from outside (files, networks, devices, numbers that
 * stop being finite) raises one of these, and the command line turns the class into an exit code.
 *
 * A message says what was wrong, where, with the current value, and ends with what to do about it.
 */
export class PuppetError extends Error {
  /** Name of the class, for messages. */
  override name = "PuppetError";

  /**
   * Makes an error.
   *
   * @param message What was wrong and what to do, a string per line: a name with a line end in it makes no line of its own,
   *   and what is quoted is shortened.
   * @param options The error that led to this one.
   */
  constructor(message: string | readonly string[], options?: ErrorOptions) {
    const lines = typeof message === "string" ? [message] : message;
    super(shortenMessage(lines.map(safeLine).join("\n")), options);
  }
}

/** Wrong use of a command, an option or a configuration file. */
export class UsageError extends PuppetError {
  /** Name of the class, for messages. */
  override name = "UsageError";
}

/** A dataset, an image or a download is missing, damaged or not what it says it is. */
export class DataError extends PuppetError {
  /** Name of the class, for messages. */
  override name = "DataError";
}

/** A checkpoint or a run folder is missing, damaged, or belongs to another configuration. */
export class CheckpointError extends PuppetError {
  /** Name of the class, for messages. */
  override name = "CheckpointError";
}

/** The numerical backend asked for cannot be used on this machine. */
export class BackendError extends PuppetError {
  /** Name of the class, for messages. */
  override name = "BackendError";
}

/** A loss, a gradient or a state of the trajectory stopped being finite. */
export class DivergenceError extends PuppetError {
  /** Name of the class, for messages. */
  override name = "DivergenceError";
}

/**
 * The text of an unknown error.
 *
 * @param error Anything that was thrown.
 * @returns Its message.
 */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
