import { countOf } from "../count_of.ts";
import * as tf from "@tensorflow/tfjs-core";
import { isDeepStrictEqual } from "node:util";
import { join } from "node:path";
import { listCheckpoints, readPointer } from "../checkpoints/checkpoint_pointer.ts";
import { loadCheckpoint } from "../checkpoints/load_checkpoint.ts";
import { CheckpointError, UsageError } from "../errors.ts";
import { quoteWord } from "../safe_text.ts";
import { decodeCheckpoint } from "../training/decode_checkpoint.ts";
import { readMetricsLog } from "../training/metrics_log.ts";
import { requireFromScratch } from "./provenance_file.ts";
import { CHECKPOINTS_FOLDER } from "./run_folder.ts";
import { requireFittingCard } from "./require_fitting_card.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import type { ModelCard } from "../training/checkpoint_card.ts";
import type { TrainingCheckpoint } from "../training/decode_checkpoint.ts";
import type { TrainingData } from "../training/training_data.ts";
import type { TrainingProgress } from "../training/training_progress.ts";
import type { Provenance, RunTrainingOptions } from "./run_types.ts";

/** Classes that a message names. */
const MAX_LISTED = 8;

/** What is asked of the images of a run that goes on. */
type ResumedImages = Pick<TrainingData, "train" | "validation">;

/** What is asked of a run that goes on. */
export type ResumeOptions = Pick<
  RunTrainingOptions,
  "runDirectory" | "provenance" | "allowChangedImages" | "allowOtherBackend" | "report"
>;

/**
 * Backend with its device, as far as the command has named it.
 *
 * @param provenance What the run is made with.
 */
export function deviceOf({ versions }: Provenance): string {
  return versions.backend ?? tf.getBackend();
}

/**
 * Whether the run ended before it had saved a checkpoint: the first one is saved before the first step. Where a pointer or
 * an epoch in the log says otherwise, the checkpoints were lost, and to start over would wipe what is left.
 */
async function isUnstarted(runDirectory: string, root: string): Promise<boolean> {
  if ((await listCheckpoints(root)).length > 0) return false;
  for (const pointer of ["last", "best", "previous"] as const) {
    if (await readPointer(root, pointer) !== null) return false;
  }
  return (await readMetricsLog(runDirectory)).length === 0;
}

/** An output keeps its class: a new head is for a new run. */
function requireSameClasses(
  { classNames }: ModelCard,
  { train }: ResumedImages,
  runDirectory: string,
): void {
  if (isDeepStrictEqual([...classNames], [...train.classNames])) return;
  throw new CheckpointError(
    `Cannot go on with other classes: the run knows ${shortList(classNames)}, the images have ${
      shortList(train.classNames)
    }; begin a new run with its weights (--weights ${quoteWord(runDirectory)})`,
  );
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, MAX_LISTED).join(", ");
  return names.length > MAX_LISTED ? `${shown}, ... (${names.length})` : shown;
}

/** WASM has the same bytes on any number of threads, so that a run may change it. */
function withoutThreads(device: string): string {
  return device.replace(/^(WebAssembly.*), \d+ threads?$/, "$1");
}

/** Whether a run goes on with other images than before, which it does when it is told so. */
function hasOtherImages(
  data: ResumedImages,
  card: ModelCard,
  options: ResumeOptions,
): boolean {
  const changed = [
    ["training", card.trainFingerprint, data.train.fingerprint],
    ["validation", card.validationFingerprint, data.validation.fingerprint],
  ].find(([, before, now]) => before !== undefined && before !== now);
  if (changed === undefined) return false;
  if (!options.allowChangedImages) {
    const [part, before, now] = changed;
    throw new CheckpointError(
      `Cannot go on with other images: the checkpoint's ${part} images have fingerprint ${before}, those ` +
        `found have ${now}; give the folder of the same images (--data), or if images were repaired, added ` +
        `or taken away, continue with "train --resume ${
          quoteWord(options.runDirectory)
        } --changed-images"`,
    );
  }
  const text =
    "going on with other images than before: a validation or test part that is drawn from them can hold " +
    "images that the model has learned; the best checkpoint is chosen anew";
  options.report?.({ kind: "warning", text });
  return true;
}

/**
 * Accuracies on other validation images cannot be compared, and the best model would not be one of these images. The first
 * validation is a gain then.
 */
function withoutBest({ stopping: _, ...progress }: TrainingProgress): TrainingProgress {
  return { ...progress, best: null };
}

/**
 * Makes sure that a run that goes on can end with a validation, as every run does: it chooses the best checkpoint, and
 * makes the statistics of an export. So an epoch that is begun must be ended, and none without a validation is the last.
 */
function requireOpenEnd(
  { progress: { epoch, sums }, statistics }: Pick<TrainingCheckpoint, "progress" | "statistics">,
  { training: { epochs, validateEvery } }: ExperimentConfig,
  runDirectory: string,
): void {
  const isBegun = sums.steps > 0;
  const isValidated = epoch === 0 || statistics !== null;
  const least = isBegun || !isValidated ? epoch + 1 : epoch;
  if (least <= epochs) return;
  const last = isBegun
    ? " and another is begun"
    : isValidated
    ? ""
    : `, the last of them without a validation (training.validateEvery is ${validateEvery})`;
  throw new UsageError(
    `Cannot resume ${runDirectory}: ${countOf(epoch, "epoch")} ${
      epoch === 1 ? "is" : "are"
    } done${last}, training.epochs (--epochs) must be at least ${least}, current value is ${epochs}`,
  );
}

/**
 * Reads the newest complete checkpoint of a run that goes on.
 *
 * @param config The run's configuration.
 * @param data Its images.
 * @param options Folder, who hears of damaged checkpoints, and what may have changed.
 * @returns The checkpoint and its folder; `null` if the run ended before it had saved one.
 * @throws {CheckpointError} if it is missing or damaged, or was made with other classes, images, or on another backend.
 * @throws {UsageError} if more epochs are done than are asked for.
 */
export async function readLastCheckpoint(
  config: ExperimentConfig,
  data: ResumedImages,
  options: ResumeOptions,
): Promise<TrainingCheckpoint & { readonly folder: string } | null> {
  const root = join(options.runDirectory, CHECKPOINTS_FOLDER);
  if (await isUnstarted(options.runDirectory, root)) {
    await requireFromScratch(options.runDirectory);
    return null;
  }
  const { folder, files, skipped, unreached } = await loadCheckpoint(root, "last");
  for (const reason of [...skipped, ...unreached]) {
    options.report?.({ kind: "warning", text: `${reason}; continuing from ${folder}` });
  }
  const checkpoint = decodeCheckpoint(files, join(root, folder));
  const { card } = checkpoint;
  requireFittingCard(card, config, join(root, folder));
  requireSameClasses(card, data, options.runDirectory);
  const progress = hasOtherImages(data, card, options)
    ? withoutBest(checkpoint.progress)
    : checkpoint.progress;
  requireOpenEnd({ ...checkpoint, progress }, config, options.runDirectory);
  const device = deviceOf(options.provenance);
  if (withoutThreads(card.backend) !== withoutThreads(device)) {
    if (!options.allowOtherBackend) {
      throw new CheckpointError(
        `Cannot resume ${options.runDirectory} on another backend: ${card.backend} in the run, ${device} now; ` +
          `the result would be close, but not bit for bit: name the backend to continue with it: backend ${tf.getBackend()} ` +
          `("train --resume ${quoteWord(options.runDirectory)} --backend ${tf.getBackend()}")`,
      );
    }
    const text = `resuming on ${device} what ${card.backend} trained: close, but not bit for bit`;
    options.report?.({ kind: "warning", text });
  }
  return { ...checkpoint, progress, folder };
}
