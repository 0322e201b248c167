/**
 * Characters that act on a terminal or an editor instead of being read: controls (C0, C1), and the marks that turn the
 * direction of what follows, so that a name reads as another. Line ends are among the controls.
 */
const ACTING = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** What ends a line. */
const LINE_END = /[\r\n\u0085\u2028\u2029]/;

/**
 * Text from files (class names, paths, messages of others) must not move the cursor, colour the terminal, set its title
 * or turn the direction of reading.
 *
 * @param text Any text.
 * @returns The text with a question mark for every control and every bidirectional mark but line feeds.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(safeText("a\u001b[2Jb\nc\u202e"), "a?[2Jb\nc?");
 * ```
 */
export function safeText(text: string): string {
  return text.toWellFormed().replace(ACTING, (character) => character === "\n" ? "\n" : "?");
}

/**
 * The same for text that has to stay on its line: a name with a line end in it must not look like a second message.
 *
 * @param text Any text.
 * @returns One line; a space stands for line ends and the white space around them.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(safeLine("cats\nerror: all lost\u0007"), "cats error: all lost?");
 * ```
 */
export function safeLine(text: string): string {
  // White space is looked at once: a pattern for "blanks, then a line end" takes the square of the blanks.
  return safeText(text.replace(/[\s\u0085]+/g, (blanks) => LINE_END.test(blanks) ? " " : blanks));
}

/**
 * Quotes a word for a shell.
 *
 * @param word Any text.
 * @returns The word as the shell reads it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(quoteWord("plan.json"), "plan.json");
 * assert.equal(quoteWord("it's $HOME"), `'it'\\''s $HOME'`);
 * ```
 */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * JSON for a terminal: what would act on it is written as an escape, which every reader of JSON turns back.
 *
 * @param value What `JSON.stringify` takes.
 * @param indent Spaces of a level; 0 makes one line.
 * @returns The JSON.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(safeJson("\u202ea"), '"\\u202ea"');
 * ```
 */
export function safeJson(value: unknown, indent = 2): string {
  // JSON.stringify leaves nothing of the C0 controls but its own line feeds.
  return JSON.stringify(value, null, indent).replace(
    ACTING,
    (character) =>
      character === "\n" ? "\n" : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
