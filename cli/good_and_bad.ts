import { BackendError, messageOf, PuppetError } from "../lib/errors.ts";
import { describePathFailure } from "../lib/files/path_failure.ts";
import { refusedAccess } from "../lib/files/refused_access.ts";
import { InterruptedError } from "./exit_codes.ts";
import { ClosedOutputError } from "./output.ts";

/** A piece of work that failed. */
export interface Failure {
  /** What was worked on: a folder or file that the user named. */
  readonly name: string;
  readonly error: unknown;
}

/** Whether another piece would meet the same: no backend, no permission, nobody who reads, a signal. */
function concernsAll(error: unknown): boolean {
  return refusedAccess(error) !== null || error instanceof BackendError ||
    error instanceof InterruptedError ||
    error instanceof ClosedOutputError;
}

/**
 * Works on several things that the user named: one that is bad does not take the others with it.
 *
 * @param names What the user named.
 * @returns `attempt`, which does the work on one of them and returns `null` where it failed; and what has failed so far.
 */
export function workOnEach(names: readonly string[]): {
  readonly attempt: <Result>(name: string, work: () => Promise<Result>) => Promise<Result | null>;
  readonly failures: readonly Failure[];
} {
  const failures: Failure[] = [];
  const isOne = new Set(names).size === 1;
  return {
    failures,
    async attempt(name, work) {
      try {
        return await work();
      } catch (error) {
        if (isOne || concernsAll(error)) throw error;
        failures.push({ name, error });
        return null;
      }
    },
  };
}

/**
 * Makes an error of what failed, after the rest has been shown: the exit code then says that something is missing.
 *
 * @param failures What failed.
 * @param options Whether anything is shown.
 * @throws {PuppetError} of the class of the first, if anything failed.
 */
export function refuseFailures(
  failures: readonly Failure[],
  options: { readonly shown: boolean } = { shown: true },
): void {
  const [first] = failures;
  if (first === undefined) return;
  const Class = first.error instanceof PuppetError
    ? first.error.constructor as new (
      message: readonly string[],
      options: ErrorOptions,
    ) => PuppetError
    : PuppetError;
  const lines = failures.map(({ name, error }) =>
    `  ${name}: ${describePathFailure(error) ?? messageOf(error)}`
  );
  const head = options.shown ? "Left out, while the others are shown" : "Nothing can be shown";
  throw new Class([`${head}:`, ...lines], { cause: first.error });
}
