import { isObject } from "../files/is_object.ts";
import { z } from "zod";
import { CheckpointError } from "../errors.ts";
import { MIN_DEVIATION } from "../datasets/standardization.ts";
import type { ChannelStatistics } from "../datasets/standardization.ts";
import type { ModelConfig } from "../models/model_config.ts";
import type { ScheduleFit } from "../puppeteer/fit_schedule.ts";
import type { TrainingProgress } from "./training_progress.ts";

/** Version of the checkpoint's content; a reader refuses later ones. */
export const CONTENT_VERSION = 1;

/** What a checkpoint says about the model in it, enough to use it without the run's other files. */
export interface ModelCard {
  /** Configuration of the model. */
  readonly model: ModelConfig;
  /** Class names in the order of the labels. */
  readonly classNames: readonly string[];
  /** Height and width of the images that the model was trained on, in pixels. */
  readonly image: { readonly height: number; readonly width: number };
  /** Channel statistics of the training images. */
  readonly standardization: ChannelStatistics;
  /** Fingerprint of the training images. */
  readonly trainFingerprint: string;
  /** Fingerprint of the images that the best checkpoint is chosen by; absent in those of earlier versions. */
  readonly validationFingerprint?: string | undefined;
  /** Backend and device that trained the model last. */
  readonly backend: string;
  /** How the rule for depth was fitted to the training images; absent where it was not. */
  readonly depthFit?: ScheduleFit | undefined;
}

/** The file of a checkpoint that is not a tensor. */
export interface CardFile {
  /** Version of the content. */
  readonly formatVersion: number;
  /** What the checkpoint says about the model. */
  readonly card: ModelCard;
  /** Where the training stood. */
  readonly progress: TrainingProgress;
  /** Updates per parameter. */
  readonly updates: Readonly<Record<string, number>>;
  /** Numbers that were tuned on validation images. */
  readonly calibration: Readonly<Record<string, number>>;
}

/** Fits the names of checkpoint folders, however long the training goes on from there. */
const count = z.int().nonnegative().max(1e14);
const share = z.number().min(0).max(1);
/** Classes are named by folders, whose names have at most 255 bytes. */
const text = z.string().max(1000);
/** Longer sides would not fit into memory; they can only come from damage or malice. */
const side = z.int().min(1).max(4096);
/** Pixels are counted in 0..1, so that other values can only come from damage or malice; they would overflow. */
const deviation = z.number().min(MIN_DEVIATION).max(1);

// Unknown keys are left alone: a later version of the same format may add some.
const cardSchema = z.object({
  formatVersion: z.literal(CONTENT_VERSION),
  card: z.object({
    // Its keys are compared with the run's configuration by whoever builds the model.
    model: z.record(text, z.union([text, z.number(), z.boolean(), z.null()])),
    classNames: z.array(text).min(1).max(65_536),
    image: z.object({ height: side, width: side }),
    standardization: z.object({
      mean: z.tuple([share, share, share]),
      deviation: z.tuple([deviation, deviation, deviation]),
    }),
    trainFingerprint: text,
    validationFingerprint: text.optional(),
    backend: text,
    depthFit: z.object({
      ...{ stepsPerBit: z.number(), complexityOffset: z.number() },
      ...{ referenceComplexity: z.number(), depthBefore: count, shareBefore: share },
      quantiles: z.object({ low: z.number(), median: z.number(), high: z.number() }),
    }).optional(),
  }),
  progress: z.object({
    step: count,
    epoch: count,
    sums: z.object({
      ...{ steps: count, images: count, loss: z.number(), correct: z.number() },
      ...{ gradientNorm: z.number(), depth: z.number(), seconds: z.number() },
    }),
    best: z.object({ epoch: count, validationTop1: share }).nullable(),
    validationsWithoutGain: count,
    stopping: z.object({
      top1: share,
      rule: z.object({ epochs: count, patience: count, minDelta: share }).optional(),
    }).optional(),
  }),
  updates: z.record(z.string(), count),
  calibration: z.record(z.string(), z.number()),
});

/** The version that a file claims, whatever else is in it. */
function versionOf(content: unknown): unknown {
  return isObject(content) ? content["formatVersion"] : undefined;
}

/**
 * Reads the part of a checkpoint that is not a tensor. Nothing in it is believed before it has been checked: the
 * manifest's checksums tell of damage, not of malice.
 *
 * @param bytes UTF-8 JSON.
 * @param file Path, for messages.
 * @returns The content; `card.model` is not checked against the models there are.
 * @throws {CheckpointError} if it is malformed, or of a later version.
 */
export function readCheckpointCard(bytes: Uint8Array, file: string): CardFile {
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new CheckpointError(`Cannot load checkpoint: ${file} is not JSON`, { cause: error });
  }
  const version = versionOf(content);
  if (typeof version === "number" && version > CONTENT_VERSION) {
    throw new CheckpointError(
      `Cannot load checkpoint: format version must be at most ${CONTENT_VERSION}, ${file} has ${version}; ` +
        `update Puppet-CNN, or use the version that wrote it`,
    );
  }
  const { data, error } = cardSchema.safeParse(content);
  if (data !== undefined) return data as unknown as CardFile;
  const [issue] = error.issues;
  throw new CheckpointError(
    `Cannot load checkpoint: ${file} must have the form in which checkpoints are written, ` +
      `${JSON.stringify(issue?.path.join(".").slice(0, 80) ?? "")} has not (${
        issue?.message.slice(0, 120)
      }); use another checkpoint`,
    { cause: error },
  );
}
