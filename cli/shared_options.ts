import { PROGRAM } from "./program_name.ts";
import { type CommandUnknownOpts, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import type { BackendName, MathType } from "../lib/backends/backend.ts";
import { EXIT_CODES_HELP } from "./exit_codes.ts";

/** Words that `--backend` takes. */
export type BackendChoice = "auto" | BackendName;

/** `auto` takes the first backend that works; `cpu`, slow and made for tests, is left out of the help. */
const BACKEND_CHOICES: readonly BackendChoice[] = ["auto", "tensorflow", "webgpu", "wasm"];

/** What the options that every command has were set to. */
export interface TalkOptions {
  /** Results as JSON on stdout. */
  readonly json?: true | undefined;
  /** No talk on stderr. */
  readonly quiet?: true | undefined;
  /** Stack traces. */
  readonly debug?: true | undefined;
}

function readBackend(word: string): BackendChoice {
  const choice = [...BACKEND_CHOICES, "cpu" as const].find((known) => known === word);
  if (choice !== undefined) return choice;
  throw new InvalidArgumentError(`Allowed are ${BACKEND_CHOICES.join(", ")}.`);
}

/** Makes `--backend <name>`, without a default, so that the configuration's own word can stand. */
export function backendOption(): Option<
  "--backend <name>",
  undefined,
  undefined,
  BackendChoice
> {
  return new Option("--backend <name>", `numerical backend (${BACKEND_CHOICES.join(", ")})`)
    .argParser(readBackend);
}

/** Makes `--threads <count>`. */
export function threadsOption(): Option<"--threads <count>", undefined, undefined, number> {
  return new Option("--threads <count>", "cores that backend wasm uses (default: all)")
    .argParser(wholeNumber(1, 1024));
}

/** Makes `--math <type>`, without a default, so that the configuration's own word can stand. */
export function mathOption(): Option<
  "--math <type>",
  undefined,
  undefined,
  undefined,
  false,
  MathType
> {
  return new Option(
    "--math <type>",
    "numbers that convolutions and matrix products are computed with; bfloat16 needs backend tensorflow " +
      "(default: float32)",
  ).choices(["float32", "bfloat16"] as const);
}

/** Makes `--json`. */
export function jsonOption(): Option<"--json"> {
  return new Option("--json", "print the result as JSON");
}

/** Makes `--quiet`. */
export function quietOption(): Option<"-q, --quiet"> {
  return new Option("-q, --quiet", "no progress, no remarks; only the result, warnings and errors");
}

/** Makes `--debug`. */
export function debugOption(): Option<"--debug"> {
  return new Option("--debug", "show stack traces of errors");
}

/** Makes `--config <file>`. */
export function configOption(): Option<"--config <file>"> {
  return new Option(
    "--config <file>",
    "configuration file (YAML or JSON), - for stdin; options override it",
  );
}

/** Makes `--run <folder>`. */
export function runOption(): Option<"--run <folder>"> {
  return new Option("--run <folder>", "folder of the run; must not exist or be empty");
}

const CHECKPOINTS = ["auto", "best", "last"] as const;

/** Makes `--checkpoint <which>`. */
export function checkpointOption(): Option<
  "--checkpoint <which>",
  undefined,
  "auto",
  undefined,
  false,
  typeof CHECKPOINTS[number]
> {
  return new Option(
    "--checkpoint <which>",
    "checkpoint of the run; auto takes the best, or the last if none was validated",
  ).choices(CHECKPOINTS)
    .default("auto");
}

/**
 * Makes `--depth`, for models that are used.
 *
 * @returns The option.
 */
export function depthOption(): Option<"--depth <layers>", undefined, undefined, number> {
  return new Option(
    "--depth <layers>",
    "send every image through the network of this depth, not its own",
  )
    .argParser(wholeNumber(1, 1000));
}

/** Makes `--exact`. */
export function exactOption(): Option<"--exact"> {
  return new Option(
    "--exact",
    "one trajectory per image instead of one per complexity level; slow",
  );
}

/**
 * Makes an option parser for whole numbers.
 *
 * @param minimum Smallest number allowed.
 * @param maximum Largest number allowed.
 * @returns A function that turns the option's text into a number.
 * @throws {InvalidArgumentError} from the returned function, where the text is no such number.
 */
export function wholeNumber(
  minimum: number,
  maximum: number = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^[+-]?\d+$/.test(text) && value >= minimum && value <= maximum) return value;
    const range = maximum === Number.MAX_SAFE_INTEGER
      ? `of at least ${minimum}`
      : `in ${minimum}..${maximum}`;
    throw new InvalidArgumentError(`It must be a whole number ${range}.`);
  };
}

/**
 * Adds the examples and the exit codes to a command's help text.
 *
 * @param command The command.
 * @param examples Pairs of a command line (without the program's name) and what it does.
 * @param program What the command lines begin with.
 */
export function addHelpSections(
  command: CommandUnknownOpts,
  examples: readonly (readonly [commandLine: string, purpose: string])[],
  program: string = PROGRAM,
): void {
  const lines = examples.map(([commandLine, purpose]) =>
    `  # ${purpose}\n  ${program} ${commandLine}`
  );
  command.addHelpText("after", `\nExamples:\n${lines.join("\n")}\n\n${EXIT_CODES_HELP}`);
}
