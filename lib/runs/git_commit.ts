import { dirname, join, resolve } from "node:path";
import { PuppetError } from "../errors.ts";
import { readBoundedText } from "../read_bounded.ts";

/** `HEAD`, a branch and the file of a worktree hold one line each. */
const LINE_BOUNDS = { maxBytes: 4096, refusal: PuppetError };
/** A repository with 100,000 tags has some 7 MB of them. */
const PACKED_BOUNDS = { maxBytes: 64e6, refusal: PuppetError };

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Text of a small file; `null` where it cannot be read. */
async function textOf(path: string, bounds: typeof LINE_BOUNDS): Promise<string | null> {
  return await readBoundedText(path, bounds).catch(() => null);
}

/** Git's folder of the checkout that a folder lies in; `null` if it lies in none. */
async function findGitFolder(folder: string): Promise<string | null> {
  const path = join(folder, ".git");
  const found = await Deno.stat(path).catch(() => null);
  if (found?.isDirectory) return path;
  // Of a worktree, `.git` is a file that names its folder.
  const named = found?.isFile
    ? /^gitdir: (.+)$/m.exec(await textOf(path, LINE_BOUNDS) ?? "")
    : null;
  if (named) return resolve(folder, named[1]!.trim());
  const above = dirname(folder);
  return above === folder ? null : await findGitFolder(above);
}

/** Commit that a branch is at. */
async function commitOfBranch(gitFolder: string, branch: string): Promise<string | null> {
  const common = (await textOf(join(gitFolder, "commondir"), LINE_BOUNDS))?.trim();
  // A worktree has HEAD of its own; branches are the repository's.
  const folders = common === undefined ? [gitFolder] : [gitFolder, resolve(gitFolder, common)];
  for (const folder of folders) {
    const loose = (await textOf(join(folder, branch), LINE_BOUNDS))?.trim();
    if (loose !== undefined && COMMIT.test(loose)) return loose;
    const packed = await textOf(join(folder, "packed-refs"), PACKED_BOUNDS) ?? "";
    const line = packed.split("\n").find((entry) => entry.endsWith(` ${branch}`));
    const commit = line?.split(" ")[0] ?? "";
    if (COMMIT.test(commit)) return commit;
  }
  return null;
}

/**
 * Reads the commit of the Git checkout that a folder lies in, from its files: no program is started.
 *
 * @param folder A folder.
 * @returns 40 or 64 hexadecimal digits; `null` where there is no checkout, no commit yet, or they cannot be read.
 */
export async function readGitCommit(folder: string): Promise<string | null> {
  const gitFolder = await findGitFolder(resolve(folder));
  if (gitFolder === null) return null;
  const head = (await textOf(join(gitFolder, "HEAD"), LINE_BOUNDS))?.trim() ?? "";
  if (COMMIT.test(head)) return head;
  const branch = /^ref: (refs\/[^\s]+)$/.exec(head)?.[1];
  // From a name alone no file outside of Git's folder is read.
  if (branch === undefined || branch.split("/").includes("..")) return null;
  return await commitOfBranch(gitFolder, branch);
}
