import { quoteWord, safeLine } from "../safe_text.ts";

/** How the program is called from a checkout. */
export const CHECKOUT_PROGRAM = "deno task puppet";

/**
 * Writes arguments as they are typed.
 *
 * @param argv Arguments, without the program.
 * @param program How the program is called.
 * @returns One line, quoted for a shell.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(commandLine(["eval", "my run"]), "deno task puppet eval 'my run'");
 * ```
 */
export function commandLine(
  argv: readonly string[],
  program: string = CHECKOUT_PROGRAM,
): string {
  return [program, ...argv.map((word) => quoteWord(safeLine(word)))].join(" ");
}
