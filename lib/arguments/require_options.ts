import { UsageError } from "../errors.ts";
import { describeGiven, isPlainObject } from "./describe_given.ts";

/** One kind of option: what it must be, in words, and the values that are of its type but not in its range. */
interface KindOfOption {
  readonly words: string;
  readonly isOfType: (value: unknown) => boolean;
  readonly isInRange?: (value: unknown) => boolean;
}

const KINDS = {
  function: { words: "a function", isOfType: (value) => typeof value === "function" },
  signal: { words: "an AbortSignal", isOfType: (value) => value instanceof AbortSignal },
  text: { words: "a text", isOfType: (value) => typeof value === "string" },
  boolean: { words: "true or false", isOfType: (value) => typeof value === "boolean" },
  number: { words: "a number", isOfType: (value) => typeof value === "number" },
  count: {
    words: "a whole number of at least 1",
    isOfType: (value) => typeof value === "number",
    isInRange: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
  },
  seconds: {
    words: "a number of seconds above 0",
    isOfType: (value) => typeof value === "number",
    isInRange: (value) => Number(value) > 0,
  },
  object: { words: "an object with keys", isOfType: isPlainObject },
  /** Whoever uses it checks it. */
  any: { words: "", isOfType: () => true },
} as const satisfies Record<string, KindOfOption>;

/** Names of the kinds. */
export type OptionKind = keyof typeof KINDS;

/**
 * Refuses what a request cannot say: in a program that is not type-checked, nobody else would notice.
 *
 * @param given What was given; a key that is `undefined` counts as not given.
 * @param kinds Kind of every key that there is.
 * @param what What the keys are, for messages: `options of an evaluation`.
 * @throws {TypeError} if it is no object with keys, or a value is of another type.
 * @throws {UsageError} if there is another key.
 * @throws {RangeError} if a value is out of range.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { UsageError } from "../errors.ts";
 *
 * const kinds = { topK: "count" } as const;
 * requireOptions({ topK: 3 }, kinds, "options of classify");
 * assert.throws(() => requireOptions({ topK: 0 }, kinds, "options"), RangeError);
 * assert.throws(() => requireOptions({ topK: "3" }, kinds, "options"), TypeError);
 * assert.throws(() => requireOptions({ top: 3 }, kinds, "options"), UsageError);
 * assert.throws(() => requireOptions(new Map([["topK", 3]]), kinds, "options"), TypeError);
 * ```
 */
export function requireOptions(
  given: unknown,
  kinds: Readonly<Record<string, OptionKind>>,
  what: string,
): void {
  for (const [name, value] of givenEntries(given, what)) {
    if (!Object.hasOwn(kinds, name)) {
      const known = Object.keys(kinds).join(", ");
      throw new UsageError(`Cannot use the ${what}: unknown key ${name}; known keys: ${known}`);
    }
    const { words, isOfType, isInRange = () => true }: KindOfOption = KINDS[kinds[name]!];
    if (isOfType(value) && isInRange(value)) continue;
    const Refusal = isOfType(value) ? RangeError : TypeError;
    throw new Refusal(
      `Cannot use the ${what}: ${name} must be ${words}, current value is ${describeGiven(value)}`,
    );
  }
}

/**
 * Lists what a program has given by name.
 *
 * @param given What was given.
 * @param what What the keys are, for messages.
 * @returns Names and values; a key that is `undefined` counts as not given.
 * @throws {TypeError} if it is no object with keys.
 */
export function givenEntries(given: unknown, what: string): [name: string, value: unknown][] {
  if (!isPlainObject(given)) {
    throw new TypeError(
      `Cannot use the ${what}: it must be an object with keys, current value is ${
        describeGiven(given)
      }`,
    );
  }
  return Object.entries(given).filter(([, value]) => value !== undefined);
}
