import { PuppetError } from "../errors.ts";
import { describePathFailure } from "./path_failure.ts";

/** Variable that says where temporary files go. */
const VARIABLE = Deno.build.os === "windows" ? "TMP" : "TMPDIR";

/** Options of {@linkcode withTemporaryFolder}. */
export interface TemporaryFolderOptions {
  /** Beginning of the folder's name. @default none */
  readonly prefix?: string;
  /** What else to do where the folder cannot be made, from the comma on. @default nothing */
  readonly otherAdvice?: string;
}

/** Where the system puts temporary folders, in words. */
function describePlace(): string {
  const permission = Deno.permissions.querySync({ name: "env", variable: VARIABLE });
  const folder = permission.state === "granted" ? Deno.env.get(VARIABLE) : undefined;
  return folder ? `in ${folder}, which ${VARIABLE} names` : "where the system keeps them";
}

async function makeFolder({ prefix = "", otherAdvice = "" }: TemporaryFolderOptions) {
  try {
    return await Deno.makeTempDir({ prefix });
  } catch (error) {
    const failure = describePathFailure(error);
    if (failure === null) throw error;
    throw new PuppetError(
      `Cannot make a temporary folder ${describePlace()}: ${failure}; let ${VARIABLE} name a folder that can be ` +
        `written to${otherAdvice}`,
      { cause: error },
    );
  }
}

/**
 * Works in a temporary folder, which is removed afterwards with all it holds.
 *
 * @param work Receives the path of the folder.
 * @param options See {@linkcode TemporaryFolderOptions}.
 * @returns What `work` returns.
 * @throws {PuppetError} if the system lets no folder be made.
 */
export async function withTemporaryFolder<Result>(
  work: (folder: string) => Promise<Result>,
  options: TemporaryFolderOptions = {},
): Promise<Result> {
  const folder = await makeFolder(options);
  try {
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
