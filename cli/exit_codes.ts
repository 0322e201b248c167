import {
  BackendError,
  CheckpointError,
  DataError,
  DivergenceError,
  UsageError,
} from "../lib/errors.ts";
import { safeLine } from "../lib/safe_text.ts";
import type { TaskVerdict } from "../lib/sweeps/local_executor.ts";

/** Exit codes of every command, by meaning. */
export const EXIT_CODES = {
  done: 0,
  failure: 1,
  usage: 2,
  data: 3,
  checkpoint: 4,
  backend: 5,
  diverged: 6,
  hungUp: 129,
  interrupted: 130,
  warned: 138,
  terminated: 143,
} as const;

/** One of the exit codes. */
export type ExitCode = typeof EXIT_CODES[keyof typeof EXIT_CODES];

/** The part of the help text that explains the exit codes. */
export const EXIT_CODES_HELP = `Exit codes:
  0    done
  1    any other failure
  2    invalid command, option or configuration file
  3    a dataset, image or document is missing, damaged or of another kind
  4    a checkpoint or run folder is missing, damaged or in the way
  5    the backend cannot be used here
  6    training diverged, or a model whose numbers are not finite
  129  stopped by SIGHUP (the terminal was closed); a training saves first
  130  stopped by SIGINT (Ctrl-C); a training saves first
  138  stopped by SIGUSR1 (a batch system's warning); a training saves first
  143  stopped by SIGTERM; a training saves first`;

/** Signals after which a command saves what it has and leaves. */
export type StopSignal = "SIGHUP" | "SIGINT" | "SIGTERM" | "SIGUSR1";

/** A command was stopped by a signal and left cleanly. */
export class InterruptedError extends Error {
  override name = "InterruptedError";
  /** The signal that stopped the command. */
  readonly signal: StopSignal;

  /**
   * @param signal The signal that stopped the command.
   * @param message What was saved and how to continue.
   */
  constructor(signal: StopSignal, message: string) {
    super(safeLine(message));
    this.signal = signal;
  }
}

/**
 * The exit code that a signal leads to: 128 + its number, as shells report it.
 *
 * @param signal The signal received.
 * @returns 129, 130, 138 or 143.
 */
export function exitCodeOfSignal(signal: StopSignal): ExitCode {
  return {
    SIGHUP: EXIT_CODES.hungUp,
    SIGINT: EXIT_CODES.interrupted,
    SIGTERM: EXIT_CODES.terminated,
    SIGUSR1: EXIT_CODES.warned,
  }[signal];
}

/**
 * The exit code that an error leads to.
 *
 * @param error Whatever was thrown.
 * @returns The code of the error's class; 1 for every class that has none.
 */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return EXIT_CODES.usage;
  if (error instanceof DataError) return EXIT_CODES.data;
  if (error instanceof CheckpointError) return EXIT_CODES.checkpoint;
  if (error instanceof BackendError) return EXIT_CODES.backend;
  if (error instanceof DivergenceError) return EXIT_CODES.diverged;
  if (error instanceof InterruptedError) return exitCodeOfSignal(error.signal);
  return EXIT_CODES.failure;
}

/**
 * What the exit code of a training says to whoever started it: a failure that may pass, and being killed, are tried again; a
 * signal that saves ends a task as its user wants.
 *
 * @param code The exit code.
 * @returns The verdict.
 */
export function judgeTask(code: number): TaskVerdict {
  if ([0, 129, 130, 143].includes(code)) return "over";
  return code === 1 || code > 128 ? "may-pass" : "failed";
}
