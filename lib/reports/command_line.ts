import { quoteWord, safeLine } from "../safe_text.ts";

/**
 * Writes arguments as they are typed.
 *
 * @param argv Arguments, without the program.
 * @returns One line, quoted for a shell.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(commandLine(["eval", "my run"]), "deno task puppet eval 'my run'");
 * ```
 */
export function commandLine(argv: readonly string[]): string {
  return ["deno task puppet", ...argv.map((word) => quoteWord(safeLine(word)))].join(" ");
}
