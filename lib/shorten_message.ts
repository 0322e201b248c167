/** Longest word of a message, in UTF-16 units: longer than any path that a person would read to its end. */
const MAX_WORD = 400;

/** Longest message: room for a problem with every key of a configuration. */
const MAX_MESSAGE = 8000;

/** Start and end of a text, and how much was left out between them. */
function cut(text: string, head: number, tail: number): string {
  const left = text.length - head - tail;
  return `${text.slice(0, head)}...(${left} characters)...${text.slice(-tail)}`;
}

/**
 * Shortens what a message quotes. Names come from folders, checkpoints and configurations, and one of two megabytes would
 * bury what is wrong and what to do about it, which stand at the start and at the end.
 *
 * @param message One sentence, or a few lines.
 * @returns The same, with long words and long messages cut in their middle.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(shortenMessage("class cat is unknown"), "class cat is unknown");
 * const text = shortenMessage(`class ${"a".repeat(2e6)} is unknown; rename it`);
 * assert.ok(text.length < 500);
 * assert.match(text, /^class aaa.*\(1999700 characters\).*aaa is unknown; rename it$/);
 * ```
 */
export function shortenMessage(message: string): string {
  const words = message.length <= MAX_WORD
    ? message
    : message.replace(/\S+/g, (word) => word.length <= MAX_WORD ? word : cut(word, 200, 100));
  const text = words.length <= MAX_MESSAGE
    ? words
    : cut(words, MAX_MESSAGE * 3 / 4, MAX_MESSAGE / 4);
  // A pair of UTF-16 units may have been cut apart.
  return text.toWellFormed();
}
