/**
 * Text from files (class names, paths, messages of others) must not move the cursor, colour the terminal or set its title.
 *
 * @param text Any text.
 * @returns The text with a question mark for every control character but line ends.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(withoutControls("a\u001b[2Jb\nc"), "a?[2Jb\nc");
 * ```
 */
export function withoutControls(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, "?");
}
