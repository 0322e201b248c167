import { BackendError } from "../errors.ts";

/**
 * Runs a program of a batch system.
 *
 * @param argv Program and arguments.
 * @returns What it wrote to stdout.
 * @throws {BackendError} if it is not there, or ends with another code than 0.
 */
export async function runProgram(argv: readonly string[]): Promise<string> {
  const [program = "", ...args] = argv;
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(program, { args, stdin: "null" }).output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new BackendError(
      `Cannot run ${program}: it is not on the PATH; run this where the batch system's programs are`,
      { cause: error },
    );
  }
  const decoder = new TextDecoder();
  if (output.success) return decoder.decode(output.stdout);
  throw new BackendError(
    `Cannot run "${argv.join(" ")}": it ended with ${output.code}: ${
      decoder.decode(output.stderr).trim()
    }`,
  );
}
