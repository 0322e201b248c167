import { UsageError } from "../errors.ts";

/**
 * Refuses what a request cannot say: in a program that is not type-checked, nobody else would notice.
 *
 * @param given What was given; keys without a value are not looked at.
 * @param known Names of the keys that there are.
 * @param what What the keys are, for the message.
 * @throws {UsageError} if there is another key.
 */
export function requireKnown(given: object, known: readonly string[], what: string): void {
  const unknown = Object.entries(given).find(([name, value]) =>
    value !== undefined && !known.includes(name)
  );
  if (unknown === undefined) return;
  throw new UsageError(
    `Cannot use the ${what}: unknown key ${unknown[0]}; known keys: ${known.join(", ")}`,
  );
}
