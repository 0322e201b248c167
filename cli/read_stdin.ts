import { describePathFailure } from "../lib/files/path_failure.ts";
import { readBoundedInput, type ReadBoundedOptions } from "../lib/read_bounded.ts";

/**
 * Reads the text on stdin to its end.
 *
 * @param what What it should be, for messages: `the list of images`.
 * @param bounds Bound, and which error refuses.
 * @returns The text, from UTF-8 or UTF-16.
 * @throws {PuppetError} of the class given, if it is too long or cannot be read.
 */
export async function readStdin(
  what: string,
  bounds: Omit<ReadBoundedOptions, "pipe">,
): Promise<string> {
  try {
    return await readBoundedInput(bounds);
  } catch (error) {
    const failure = describePathFailure(error);
    if (failure === null) throw error;
    throw new bounds.refusal(`Cannot read ${what} on stdin: ${failure}; give a file or a pipe`);
  }
}
