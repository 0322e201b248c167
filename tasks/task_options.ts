import { parseArgs } from "node:util";
import { enterCallersFolder } from "../cli/callers_folder.ts";
import { reportError } from "../cli/report_error.ts";
import { UsageError } from "../lib/errors.ts";
import type { BackendName } from "../lib/backends/backend.ts";

/** An option of a task; with a default it always has a value. */
type TaskOption =
  | { readonly type: "string"; readonly default?: string }
  | { readonly type: "boolean"; readonly default?: boolean };

/** Options by name. */
type TaskOptions = Readonly<Record<string, TaskOption>>;

type ValueOf<Option extends TaskOption> = Option extends { readonly type: "boolean" }
  ? Option extends { readonly default: boolean } ? boolean : boolean | undefined
  : Option extends { readonly default: string } ? string
  : string | undefined;

/** What the arguments of a task turn out to be. */
export interface TaskArguments<Options extends TaskOptions> {
  /** Values by name of the option. */
  readonly values: { readonly [Name in keyof Options]: ValueOf<Options[Name]> };
  /** Arguments that are not options. */
  readonly positionals: readonly string[];
}

/** A person asked for help: the message is the answer. */
class HelpRequest extends Error {
  override name = "HelpRequest";
}

/**
 * Reads the arguments of a task; `--help` and `--debug` are understood by all.
 *
 * @param help What `--help` prints.
 * @param options The task's own options.
 * @param args Arguments after the task's name.
 * @returns Values and positional arguments.
 * @throws {UsageError} for an unknown option or a missing value.
 * @throws {HelpRequest} with `--help`; {@linkcode runTask} prints it.
 */
export function readTaskArguments<const Options extends TaskOptions>(
  help: string,
  options: Options,
  args: string[] = Deno.args,
): TaskArguments<Options> {
  if (args.includes("--help") || args.includes("-h")) throw new HelpRequest(help);
  try {
    return parseArgs({
      args: args.filter((word) => word !== "--debug"),
      options,
      allowPositionals: true,
    }) as unknown as TaskArguments<Options>;
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const [problem = ""] = cause.message.split(". ");
    throw new UsageError(`${problem}; --help lists the options`, { cause });
  }
}

/**
 * Refuses arguments that are not options.
 *
 * @param positionals What the parser found.
 * @param most How many the task takes.
 * @throws {UsageError} if there are more.
 */
export function refusePositionals(positionals: readonly string[], most = 0): void {
  const extra = positionals[most];
  if (extra === undefined) return;
  throw new UsageError(`Cannot use the argument "${extra}": --help shows what the task takes`);
}

/**
 * Reads a whole number.
 *
 * @param option Name of the option, for the message.
 * @param text What was given.
 * @param least Smallest number that is allowed.
 * @returns The number.
 * @throws {UsageError} for anything else.
 */
export function readWhole(option: string, text: string, least = 1): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(
    `--${option} must be an integer of at least ${least}, current value is "${text}"`,
  );
}

/**
 * Reads a number above zero.
 *
 * @param option Name of the option, for the message.
 * @param text What was given.
 * @returns The number.
 * @throws {UsageError} for anything else.
 */
export function readPositive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new UsageError(`--${option} must be a number above 0, current value is "${text}"`);
}

/**
 * Reads one word of a list.
 *
 * @param option Name of the option, for the message.
 * @param text What was given.
 * @param words What is allowed.
 * @returns The word.
 * @throws {UsageError} for anything else.
 */
export function readWord<const Word extends string>(
  option: string,
  text: string,
  words: readonly Word[],
): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new UsageError(
    `--${option} must be one of ${words.join(", ")}, current value is "${text}"`,
  );
}

/**
 * Reads the name of a backend.
 *
 * @param text What `--backend` was given.
 * @returns The name.
 * @throws {UsageError} for anything else.
 */
export function readBackendName(text: string): BackendName {
  return readWord("backend", text, ["tensorflow", "webgpu", "wasm", "cpu"]);
}

/**
 * Runs a task and ends the process: help goes to stdout, an error to stderr without its stack unless `--debug` is given, with
 * the exit code of the command line.
 *
 * @param task The task; may give an exit code.
 */
export async function runTask(
  task: () => Promise<number | void> | number | void,
): Promise<never> {
  try {
    await enterCallersFolder();
    Deno.exit(await task() ?? 0);
  } catch (error) {
    if (error instanceof HelpRequest) {
      console.log(error.message);
      Deno.exit(0);
    }
    Deno.exit(reportError(error, { debug: Deno.args.includes("--debug") }));
  }
}
