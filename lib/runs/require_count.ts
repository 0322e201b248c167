/**
 * Refuses an argument that is no number of things.
 *
 * @param name Name of the argument, for the message.
 * @param value What was given.
 * @throws {RangeError} if it is not a whole number of at least 1.
 */
export function requireCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new RangeError(`${name} must be a whole number of at least 1, current value is ${value}`);
}
