/**
 * Whether a value that was read from JSON or YAML is an object with keys, not a list.
 *
 * @param value Anything.
 * @returns Whether its keys may be looked at.
 */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
