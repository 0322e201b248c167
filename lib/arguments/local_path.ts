import { fileURLToPath } from "node:url";
import { describeGiven } from "./describe_given.ts";

/**
 * Turns what a program names a file or folder by into its path.
 *
 * @param given The path or `file:` URL.
 * @param where What the message begins with: `Cannot train: run`.
 * @returns The path.
 * @throws {TypeError} if it is neither.
 * @throws {RangeError} if it is empty.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(localPath("runs/first", "Cannot train: run"), "runs/first");
 * assert.throws(() => localPath(new URL("http://a.b/c"), "Cannot train: run"), TypeError);
 * ```
 */
export function localPath(given: unknown, where: string): string {
  if (given instanceof URL) return pathOfUrl(given, where);
  if (typeof given !== "string") {
    throw new TypeError(
      `${where} must be a path or a file: URL, current value is ${describeGiven(given)}`,
    );
  }
  if (given === "") throw new RangeError(`${where} must not be empty; name a file or folder`);
  return given;
}

function pathOfUrl(url: URL, where: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new TypeError(
      `${where} must be a path or a URL of a file on this machine, current value is ${
        describeGiven(url.href)
      }; fetch it first`,
      { cause },
    );
  }
}
