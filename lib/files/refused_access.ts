import { describePathFailure } from "./path_failure.ts";

/** How Deno begins a refusal; one of a module that is loaded late is a `TypeError`. */
const REFUSAL = /^Requires [a-z]+ access to /;

/**
 * Finds the permission that Deno refused in an error or in what led to it.
 *
 * @param error Anything that was thrown.
 * @returns Deno's own error; `null` where it refused nothing that can be allowed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const cause = new Deno.errors.NotCapable('Requires read access to "a"');
 * assert.equal(refusedAccess(new Error("Cannot read a", { cause })), cause);
 * assert.equal(refusedAccess(new Error("Cannot read a")), null);
 * ```
 */
export function refusedAccess(error: unknown): Error | null {
  for (let current = error; current instanceof Error; current = current.cause) {
    const isRefusal = current instanceof Deno.errors.NotCapable ||
      current instanceof TypeError && REFUSAL.test(current.message);
    if (isRefusal) return describePathFailure(current) === null ? current : null;
  }
  return null;
}
