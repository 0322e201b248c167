import { join } from "node:path";
import { CheckpointError, UsageError } from "../errors.ts";
import { describePathFailure } from "../files/path_failure.ts";
import { readBoundedText } from "../read_bounded.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import { describeExport } from "./describe_export.ts";
import { RUN_CONFIG_FILE } from "./run_folder.ts";
import { MAX_CONFIG_BYTES, parseConfig } from "../configuration/parse_config.ts";

/**
 * Reads the configuration that a run was started with.
 *
 * @param runDirectory Folder of the run.
 * @returns The configuration.
 * @throws {CheckpointError} if the folder is not a run folder, or its configuration is damaged.
 */
export async function readRunConfig(runDirectory: string): Promise<ExperimentConfig> {
  const path = join(runDirectory, RUN_CONFIG_FILE);
  let text: string;
  try {
    text = await readBoundedText(path, { maxBytes: MAX_CONFIG_BYTES, refusal: CheckpointError });
  } catch (error) {
    const isAbsent = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (!isAbsent) throw refusal(runDirectory, path, error);
    const exported = await describeExport(runDirectory);
    if (exported !== null) {
      throw new CheckpointError(
        `Cannot open run ${runDirectory}: it is ${exported}, for other programs; give the run that it was exported ` +
          'from, or an export of that run as a model ("export RUN FOLDER")',
        { cause: error },
      );
    }
    throw new CheckpointError(
      `Cannot open run ${runDirectory}: ${path} does not exist; give a folder that "train" has made`,
      { cause: error },
    );
  }
  try {
    return parseConfig(text, { source: path });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if ((await Deno.lstat(path)).isSymlink) {
      // What is wrong would repeat lines of whatever file the link leads to.
      throw new CheckpointError(
        `Cannot open run ${runDirectory}: ${path} is a link, and leads to a file that is no configuration of this ` +
          'version; give a folder that "train" has made',
      );
    }
    throw new CheckpointError(
      `${error.message}; the file was written by "train" and must not be edited`,
      { cause: error },
    );
  }
}

function refusal(runDirectory: string, path: string, error: unknown): unknown {
  const failure = describePathFailure(error);
  if (failure === null) return error;
  return new CheckpointError(
    `Cannot open run ${runDirectory}: ${path} cannot be read, ${failure}; give a folder that "train" has made`,
    { cause: error },
  );
}
