import { safeLine } from "../lib/safe_text.ts";

/**
 * Text from files, for a cell of a Markdown table: it must open no tag, no link and no new cell.
 *
 * @param text Any text.
 * @returns The text with its markup escaped, on one line.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(markdownCell("<img>\n|"), "\\<img\\> \\|");
 * ```
 */
export function markdownCell(text: string): string {
  return safeLine(text).replace(/[\\|<>`*_[\]~]/g, "\\$&");
}

/**
 * Text from files, for a line of Markdown outside of tables, where it must open no heading either.
 *
 * @param text Any text.
 * @returns The text with its markup escaped, on one line.
 */
export function markdownText(text: string): string {
  return markdownCell(text).replace(/^\s*#/, "\\#");
}
