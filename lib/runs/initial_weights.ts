import { isDeepStrictEqual } from "node:util";
import { CheckpointError } from "../errors.ts";
import { fitHead, HEAD_PARAMETERS } from "../training/fit_head.ts";
import type { Classifier } from "../classifiers/classifier.ts";
import type { Trainer } from "../training/trainer.ts";
import type { TrainingData } from "../training/training_data.ts";
import { openCheckpoint } from "./open_checkpoint.ts";
import type { CheckpointRequest, InitialWeights, RunTrainingOptions } from "./run_types.ts";

/** Names that are listed of parameters that were not taken. */
const MAX_LISTED = 8;

/** What a model took of the weights of another. */
export interface TakenWeights {
  /** Names of the parameters taken. */
  readonly taken: readonly string[];
  /** Names and reasons of those that were not. */
  readonly left: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * Reads the weights of a trained model: of its best checkpoint, else of its last one.
 *
 * @param runDirectory Folder of the run, or of an exported model.
 * @param warn Called for every checkpoint that was passed over, since it is damaged, and for weights that were never
 * trained.
 * @returns The weights.
 * @throws {CheckpointError} if there is no checkpoint, or it is damaged.
 */
export async function readInitialWeights(
  runDirectory: string,
  warn?: CheckpointRequest["warn"],
): Promise<InitialWeights> {
  const { path, decoded } = await openCheckpoint(runDirectory, { checkpoint: "auto", warn });
  const { card, parameters } = decoded;
  return { source: path, classNames: card.classNames, parameters };
}

/** The layers that tell the classes apart. */
function belongsToHead(name: string): boolean {
  return /(?:^|\.)head\.[^.]+$/.test(name);
}

/**
 * Puts the weights of another model into a classifier, as far as they fit: by name and shape, and those of the head only
 * where the classes are the same.
 *
 * @param classifier The classifier; what does not fit keeps its initial values.
 * @param weights Weights of the other.
 * @param classNames Classes of the classifier.
 * @returns What was taken, and what was not.
 * @throws {CheckpointError} if nothing fits.
 */
export async function takeWeights(
  classifier: Classifier,
  weights: InitialWeights,
  classNames: readonly string[],
): Promise<TakenWeights> {
  const values = await classifier.parameters.read();
  const hasSameClasses = isDeepStrictEqual([...weights.classNames], [...classNames]);
  const taken: string[] = [];
  const left: { name: string; reason: string }[] = [];
  for (const [name, { shape }] of [...values]) {
    const found = weights.parameters.get(name);
    if (found === undefined) left.push({ name, reason: "not there" });
    else if (found.shape.join() !== shape.join()) {
      left.push({ name, reason: `[${found.shape}] there, [${shape}] here` });
    } else if (belongsToHead(name) && !hasSameClasses) left.push({ name, reason: "other classes" });
    else {
      values.set(name, found);
      taken.push(name);
    }
  }
  if (taken.length === 0) {
    throw new CheckpointError(
      `Cannot begin with the weights of ${weights.source}: none of its ${weights.parameters.size} parameters fits the ` +
        `model (${left[0]?.name}: ${
          left[0]?.reason
        }); give the settings of that model, or other weights (--weights)`,
    );
  }
  classifier.parameters.write(values);
  return { taken, left };
}

/**
 * Says what was taken.
 *
 * @param weights Where from.
 * @param result What `takeWeights` returned.
 * @returns One line for people.
 */
export function describeTaken(
  { source }: Pick<InitialWeights, "source">,
  { taken, left }: TakenWeights,
): string {
  const names = left.slice(0, MAX_LISTED).map(({ name, reason }) => `${name} (${reason})`);
  const more = left.length > MAX_LISTED ? [`${left.length - MAX_LISTED} more`] : [];
  const rest = left.length === 0 ? "" : `; new: ${[...names, ...more].join(", ")}`;
  return `weights: ${taken.length} of ${
    taken.length + left.length
  } parameters from ${source}${rest}`;
}

/**
 * Begins with the weights of a trained model where a training asks for it, and says what was taken.
 *
 * @param classifier The classifier of the training.
 * @param data Its images.
 * @param options The weights, and who hears of it.
 * @returns What was taken; `null` where nothing was asked for.
 * @throws {CheckpointError} if nothing fits.
 */
export async function takeInitialWeights(
  classifier: Classifier,
  data: TrainingData,
  { weights, report }: Pick<RunTrainingOptions, "weights" | "report">,
): Promise<TakenWeights | null> {
  if (weights === undefined) return null;
  const taken = await takeWeights(classifier, weights, data.train.classNames);
  report?.({ kind: "phase", text: describeTaken(weights, taken) });
  return taken;
}

/**
 * Fits the head to what the rest of the network makes of the training images, where the head is all that is new.
 *
 * @param trainer The training, before its first step.
 * @param options Images, what was taken of other weights, whose trajectory an image has, and who hears of it.
 */
export async function fitNewHead(
  trainer: Trainer,
  options: Pick<RunTrainingOptions, "report"> & {
    readonly data: TrainingData;
    readonly taken: TakenWeights;
    /** Every image has its own trajectory. */
    readonly exact: boolean;
  },
): Promise<void> {
  const { data, taken, exact, report } = options;
  const { classifier } = trainer;
  const isNew = new Set(taken.left.map(({ name }) => name));
  // Under other new parameters there are no features yet.
  if (isNew.size !== HEAD_PARAMETERS.length || !HEAD_PARAMETERS.every((name) => isNew.has(name))) {
    return;
  }
  const phase = (text: string) => (done: number, total: number) =>
    report?.({ kind: "phase", text, share: done / total });
  const statistics = await trainer.computeStatistics(phase("computing batch-norm statistics"));
  const fit = await fitHead(classifier, {
    ...{ data, statistics, exact },
    report: phase("fitting the head"),
  });
  const share = Math.round(100 * fit.accuracy);
  const text = `head: fitted to ${fit.images} training images, ${share} % of them right`;
  report?.({ kind: "phase", text });
}
