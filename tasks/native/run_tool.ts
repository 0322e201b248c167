import { BackendError } from "../../lib/errors.ts";

/** What a finished program wrote. */
export interface ToolOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run. */
export interface ToolOptions {
  /** Variables added to this process's environment. @default {} */
  readonly env?: Record<string, string>;
  /** What the program was run for, as it stands in an error: `compile the binding`. */
  readonly purpose: string;
}

/** Lines of a failed program's output that are worth repeating. */
const ERROR_TAIL_LINES = 12;

/**
 * Runs a program to its end.
 *
 * @param command - the program and its arguments.
 * @param options - purpose and environment.
 * @returns what it wrote.
 * @throws {BackendError} if it cannot be started or ends with an error.
 */
export async function runTool(
  command: readonly [string, ...string[]],
  options: ToolOptions,
): Promise<ToolOutput> {
  const [program, ...args] = command;
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(program, {
      args,
      env: options.env ?? {},
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new BackendError(
      `Cannot ${options.purpose}: "${program}" is not on the PATH; install it`,
      { cause },
    );
  }
  const stdout = new TextDecoder().decode(output.stdout);
  const stderr = new TextDecoder().decode(output.stderr);
  if (output.success) return { stdout, stderr };
  const tail = (stderr.trim() || stdout.trim()).split("\n").slice(-ERROR_TAIL_LINES);
  const ending = output.signal ? `was ended by ${output.signal}` : `ended with ${output.code}`;
  throw new BackendError([
    `Cannot ${options.purpose}: "${program}" ${ending}:`,
    ...tail.map((line) => `  ${line}`),
  ]);
}

/**
 * The first of several programs that answers to an argument such as `--version`.
 *
 * @param candidates - programs, the preferred one first.
 * @param args - a call without effect.
 * @returns the program and the first line that it wrote, or `null` where none can be run.
 */
export async function findTool(
  candidates: readonly string[],
  args: readonly string[],
): Promise<{ readonly program: string; readonly version: string } | null> {
  for (const program of candidates) {
    try {
      const { stdout, stderr } = await runTool([program, ...args], { purpose: `run ${program}` });
      return { program, version: (stdout.trim() || stderr.trim()).split("\n")[0] ?? "" };
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
    }
  }
  return null;
}
