/** Codes of the system without a class of their own. */
const NAMELESS: Readonly<Record<string, string>> = {
  ENAMETOOLONG: "its name is too long",
  ELOOP: "its links lead in a circle",
};

/**
 * Says in words why the system refused a path that somebody named.
 *
 * @param error What a function of the file system threw.
 * @returns Half a sentence about the path; `null` for failures that have other causes, and for permissions that Deno
 * itself refused.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const error = await Deno.readTextFile(".").catch((error) => error);
 * assert.equal(describePathFailure(error), "it is a folder, not a file");
 * ```
 */
export function describePathFailure(error: unknown): string | null {
  if (error instanceof Deno.errors.NotCapable) return null;
  if (error instanceof Deno.errors.NotFound) return "there is no such folder or file";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder, not a file";
  if (error instanceof Deno.errors.NotADirectory) return "a file stands where a folder should be";
  if (error instanceof Deno.errors.AlreadyExists) return "a file stands where a folder should be";
  if (error instanceof Deno.errors.PermissionDenied) return "the system gives no permission";
  if (error instanceof Deno.errors.FilesystemLoop) return NAMELESS["ELOOP"]!;
  if (error instanceof Error && "code" in error) return NAMELESS[String(error.code)] ?? null;
  return null;
}
