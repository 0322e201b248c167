/** Longest piece of a text that a message repeats. */
const SHOWN_CHARACTERS = 60;

/**
 * Whether a value is an object with keys of its own, as `{ .. }` makes it: not a list, a map, a URL or anything else of a
 * class, whose keys would say nothing of what is in it.
 *
 * @param value Anything.
 * @returns Whether its keys may be looked at.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.ok(isPlainObject({ epochs: 3 }));
 * assert.ok(!isPlainObject(new Map([["epochs", 3]])));
 * ```
 */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // What comes from another realm (a worker, `node:vm`) has that realm's prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Writes an argument into a message, whatever it is.
 *
 * @param value Anything.
 * @returns A short text: what it is, or of which kind.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(describeGiven("2h"), '"2h"');
 * assert.equal(describeGiven(new Map()), "a Map");
 * assert.equal(describeGiven([1, 2]), "a list");
 * ```
 */
export function describeGiven(value: unknown): string {
  if (typeof value === "string") {
    const isLong = value.length > SHOWN_CHARACTERS;
    return JSON.stringify(isLong ? `${value.slice(0, SHOWN_CHARACTERS)}...` : value);
  }
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return "a list";
  if (isPlainObject(value)) return "an object";
  const tag = Object.prototype.toString.call(value).slice("[object ".length, -1);
  const name = tag === "Object" ? value.constructor?.name || "object of a class" : tag;
  return `${/^[AEIO]/.test(name) ? "an" : "a"} ${name}`;
}
