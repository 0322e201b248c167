import { describeGiven } from "../arguments/describe_given.ts";
import { localPath } from "../arguments/local_path.ts";
import { requireOptions } from "../arguments/require_options.ts";
import { loadTrained } from "./load_trained.ts";
import { Model, type ModelOptions } from "./model.ts";
import type { CheckpointChoice } from "./run_types.ts";

/** Options of {@linkcode loadModel}. */
export interface LoadModelOptions extends ModelOptions {
  /**
   * Which checkpoint: of the best validation, the newest, or the best if there is one and else the newest.
   *
   * @default "auto"
   */
  readonly checkpoint?: CheckpointChoice;
  /** Called with what a person should know: a checkpoint that was skipped, weights that were never trained. */
  readonly onWarning?: (text: string) => void;
}

/** The folder of a run, however it is named. */
function folderOf(run: unknown): string {
  const isSummary = typeof run === "object" && run !== null && "runDirectory" in run;
  const folder = isSummary ? run.runDirectory : run;
  if (typeof folder === "string" || folder instanceof URL) {
    return localPath(folder, "Cannot load a model: the folder of the run");
  }
  throw new TypeError(
    "Cannot load a model: the first argument must be the folder of a run (a path or a file: URL), or what train() " +
      `returned, current value is ${describeGiven(folder)}`,
  );
}

/**
 * Loads a trained model from a run folder onto the current backend.
 *
 * @param run Folder of the run, or what a training returned. The names of shipped models are known to the command alone.
 * @param options Which checkpoint.
 * @returns The model; the caller disposes of it, or declares it with `using`.
 * @throws {CheckpointError} if the folder or the checkpoint is missing or damaged.
 * @throws {BackendError} if no backend is selected.
 * @throws {UsageError} if there is no such choice of a checkpoint, or an option is unknown.
 * @throws {TypeError} if no folder is named, or an option is of another type.
 */
export async function loadModel(
  run: string | URL | { readonly runDirectory: string },
  options: LoadModelOptions = {},
): Promise<Model> {
  requireOptions(options, {
    ...{ checkpoint: "text", exact: "boolean", onWarning: "function", onProgress: "function" },
  }, "options of loadModel");
  const { checkpoint = "auto", onWarning } = options;
  const loaded = await loadTrained({
    runDirectory: folderOf(run),
    checkpoint,
    ...(onWarning === undefined ? {} : { warn: onWarning }),
  });
  try {
    return new Model(loaded, options);
  } catch (error) {
    loaded.trained.classifier.dispose();
    throw error;
  }
}
