/** Codes of the system in words. */
const IN_WORDS: Readonly<Record<string, string>> = {
  ENAMETOOLONG: "its name is too long",
  ELOOP: "its links lead in a circle",
  EROFS: "its disk is read-only",
  ENOSPC: "its disk is full",
  EDQUOT: "the share of its disk is used up",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  ENXIO: "there is no such device",
  EBUSY: "it is in use",
  ETXTBSY: "it is in use",
  EXDEV: "it is on another disk",
};

/** What Deno opens to nobody without all permissions: devices, and what the system shows of itself. */
const SYSTEM_PATH = /^Requires all access to /;

/**
 * Says in words why the system refused a path that somebody named.
 *
 * @param error What a function of the file system threw.
 * @returns Half a sentence about the path; `null` for failures that have other causes, and for permissions that can be
 * given to Deno.
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
  if (error instanceof Deno.errors.NotCapable) {
    return SYSTEM_PATH.test(error.message)
      ? "it is a device or belongs to the system, not a file or folder of yours"
      : null;
  }
  if (isNotUtf8(error)) return "its name is not UTF-8";
  if (error instanceof Deno.errors.NotFound) return "there is no such folder or file";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder, not a file";
  if (error instanceof Deno.errors.NotADirectory) return "a file stands where a folder should be";
  if (error instanceof Deno.errors.AlreadyExists) return "a file stands where a folder should be";
  if (error instanceof Deno.errors.PermissionDenied) return "the system gives no permission";
  if (error instanceof Deno.errors.FilesystemLoop) return IN_WORDS["ELOOP"]!;
  if (!(error instanceof Error)) return null;
  if (/unexpected NUL byte/.test(error.message)) return "its name holds a NUL character";
  if (error.message === "Empty path is not allowed") return "its name is empty";
  const code = "code" in error ? String(error.code) : "";
  if (!/^E[A-Z0-9]+$/.test(code)) return null;
  // "File name too long (os error 36): open 'name'"
  return IN_WORDS[code] ?? `the system says "${error.message.split(/ \(os error|:/)[0]}"`;
}

/**
 * Whether nothing was found because a name is not UTF-8: a sign stands for each byte of it that is none, so that what was
 * listed or named cannot be opened.
 *
 * @param error What a function of the file system threw.
 * @returns The answer.
 */
export function isNotUtf8(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound && error.message.includes("\ufffd");
}
