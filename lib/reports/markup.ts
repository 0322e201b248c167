/**
 * Characters that no XML document may hold, so that every reader refuses a file with one of them, and the marks that turn
 * the direction of reading.
 */
const FORBIDDEN = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufffe\uffff]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Makes text safe inside HTML, SVG and quoted attributes: names of classes and runs come from files, and must stay text.
 *
 * @param text Any text.
 * @returns The text with `& < > " '` as entities, on one line; controls, bidirectional marks and lone surrogates become U+FFFD.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(escapeMarkup(`<b a="1">`), "&lt;b a=&quot;1&quot;&gt;");
 * ```
 */
export function escapeMarkup(text: string): string {
  return text.toWellFormed()
    .replace(/[\t\r\n]+/g, " ")
    .replace(FORBIDDEN, "\ufffd")
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** Attributes of an element; those that are `undefined` are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Two decimals are a hundredth of a pixel; more would only make the file larger. */
function attributeText(value: string | number): string {
  return typeof value === "string" ? escapeMarkup(value) : String(Math.round(value * 100) / 100);
}

/**
 * Writes an element of HTML or SVG.
 *
 * @param name Name of the element.
 * @param attributes Its attributes; values are escaped, numbers are rounded to two decimals.
 * @param children Markup inside, escaped already; `null` closes the element at once.
 * @returns The markup.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(element("text", { x: 1.234 }, escapeMarkup("a < b")), '<text x="1.23">a &lt; b</text>');
 * ```
 */
export function element(
  name: string,
  attributes: Attributes,
  children: string | readonly string[] | null = null,
): string {
  const pairs = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${attributeText(value)}"`]
  );
  const head = `<${name}${pairs.join("")}`;
  if (children === null) return `${head}/>`;
  return `${head}>${typeof children === "string" ? children : children.join("")}</${name}>`;
}
