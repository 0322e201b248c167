import { join } from "node:path";
import { readPointer } from "../checkpoints/checkpoint_pointer.ts";
import { CheckpointError } from "../errors.ts";
import { decodeCheckpoint } from "../training/decode_checkpoint.ts";
import { loadRunCheckpoint } from "./load_run_checkpoint.ts";
import { readOrigin } from "./provenance_file.ts";
import { CHECKPOINTS_FOLDER } from "./run_folder.ts";
import type { LoadedCheckpoint } from "../checkpoints/load_checkpoint.ts";
import type { TrainingCheckpoint } from "../training/decode_checkpoint.ts";
import type { RunOrigin } from "./provenance_file.ts";
import type { CheckpointRequest } from "./run_types.ts";

/** A checkpoint of a run, verified and decoded. */
export interface OpenCheckpoint extends Pick<LoadedCheckpoint, "folder" | "files"> {
  /** Where it lies. */
  readonly path: string;
  /** What is in it. */
  readonly decoded: TrainingCheckpoint;
}

/** What to do about a training that diverged. */
const TRAIN_ANEW =
  "train anew with a smaller training.learningRate (--learning-rate), or with training.clipNorm 1 (--clip-norm 1)";

/**
 * Opens a checkpoint of a run to use its weights, and says so where they are as they were before the first step: figures
 * and answers of such a model look like those of any other.
 *
 * @param runDirectory Folder of the run, or of an exported model.
 * @param request Which one, and who is warned.
 * @returns The checkpoint.
 * @throws {CheckpointError} if there is none, or it is damaged.
 */
export async function openCheckpoint(
  runDirectory: string,
  request: CheckpointRequest,
): Promise<OpenCheckpoint> {
  const opened = await decodeOf(runDirectory, request);
  await remarkUntrained(runDirectory, opened, request);
  return opened;
}

/**
 * Opens a checkpoint of a run as {@linkcode openCheckpoint} does, for those who cannot compute batch-norm statistics.
 *
 * @param runDirectory Folder of the run, or of an exported model.
 * @param request Which one, and who is warned.
 * @returns The checkpoint.
 * @throws {CheckpointError} if there is none, it is damaged, or was saved within an epoch, without statistics.
 */
export async function openCompleteCheckpoint(
  runDirectory: string,
  request: CheckpointRequest,
): Promise<OpenCheckpoint> {
  const opened = await decodeOf(runDirectory, request);
  if (opened.decoded.statistics === null) throw await incompleteError(runDirectory, opened);
  await remarkUntrained(runDirectory, opened, request);
  return opened;
}

async function decodeOf(runDirectory: string, request: CheckpointRequest): Promise<OpenCheckpoint> {
  const loaded = await loadRunCheckpoint(runDirectory, request);
  return { ...loaded, decoded: decodeCheckpoint(loaded.files, loaded.path) };
}

function describeDivergence({ step, learningRate }: NonNullable<RunOrigin["diverged"]>): string {
  return `training diverged at step ${step} (learning rate ${learningRate})`;
}

async function remarkUntrained(
  runDirectory: string,
  { folder, decoded: { progress } }: OpenCheckpoint,
  { warn }: CheckpointRequest,
): Promise<void> {
  if (progress.step > 0 || warn === undefined) return;
  const { diverged, weights } = await readOrigin(runDirectory);
  const whose = weights === null ? "the initial ones" : `those it began with, of ${weights}`;
  const end = diverged === null
    ? "continue the run first"
    : `${describeDivergence(diverged)}: ${TRAIN_ANEW}`;
  warn(
    `${runDirectory} is not trained: checkpoint ${folder} is from before the first step, its weights are ${whose}; ${end}`,
  );
}

/** The best checkpoint, where it is another one: it always has statistics. */
async function otherBest(runDirectory: string, folder: string): Promise<boolean> {
  const best = await readPointer(join(runDirectory, CHECKPOINTS_FOLDER), "best").catch(() => null);
  return best !== null && best !== folder;
}

function whyIncomplete({ step, sums }: TrainingCheckpoint["progress"]): string {
  if (step === 0) return "it is from before the first step";
  return sums.steps > 0
    ? "it was saved within an epoch"
    : "the epoch before it had no validation (training.validateEvery)";
}

async function incompleteError(
  runDirectory: string,
  { folder, decoded: { progress } }: OpenCheckpoint,
): Promise<CheckpointError> {
  const { diverged } = await readOrigin(runDirectory);
  const [reason, remedy] = diverged !== null
    ? [describeDivergence(diverged), TRAIN_ANEW]
    : [whyIncomplete(progress), "continue the run to the end of an epoch with a validation"];
  const best = await otherBest(runDirectory, folder)
    ? ', or take checkpoint "best" (--checkpoint best)'
    : "";
  return new CheckpointError(
    `Cannot export ${runDirectory}: checkpoint ${folder} has no batch-norm statistics, since ${reason}; ${remedy}${best}`,
  );
}
