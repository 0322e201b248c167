import { withTemporaryFolder } from "../lib/files/with_temporary_folder.ts";

/** Where the runs of a comparison are kept when nothing is said. */
export const RUNS_FOLDER = "runs/tables";

/**
 * Gives a comparison the folder of its runs. Those of a smoke variant are of no use afterwards, and the large baselines
 * take gigabytes: they go to a folder that goes away, unless one was named.
 *
 * @param options What the command was given.
 * @param body Works in the folder.
 */
export async function withRunsFolder(
  options: { readonly runs?: string | undefined; readonly smoke?: true | undefined },
  body: (folder: string) => Promise<void>,
): Promise<void> {
  if (options.runs !== undefined || !options.smoke) return await body(options.runs ?? RUNS_FOLDER);
  await withTemporaryFolder(body, {
    otherAdvice: ", or keep the runs in a folder of your own (--runs)",
  });
}
