import { BackendError } from "../../lib/errors.ts";
import { TextLineStream } from "./text_lines.ts";

/** A child process that answers every line with a line of JSON. */
export class LineProcess {
  readonly #program: string;
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;

  /**
   * Starts the program.
   *
   * @param program Name or path.
   * @param args Its arguments.
   * @param env Variables beside those of this process, or in their place.
   */
  constructor(
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ) {
    this.#program = program;
    this.#child = new Deno.Command(program, {
      args: [...args],
      env: { ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#lines = this.#child.stdout.pipeThrough(TextLineStream()).getReader();
  }

  /**
   * Sends a line and waits for the answer.
   *
   * @param line The request.
   * @returns The answer, read as JSON.
   * @throws {BackendError} if the process has ended.
   */
  async ask<Answer>(line: string): Promise<Answer> {
    await this.#writer.write(new TextEncoder().encode(`${line}\n`));
    const { value } = await this.#lines.read();
    if (value === undefined) {
      throw new BackendError(
        `Cannot go on with the benchmark: ${this.#program} ended when it was asked for ${line}; what it said is above`,
      );
    }
    return JSON.parse(value) as Answer;
  }

  /** Ends the process by closing its input. */
  async stop(): Promise<void> {
    await this.#writer.close();
    await this.#lines.cancel();
    await this.#child.status;
  }
}
