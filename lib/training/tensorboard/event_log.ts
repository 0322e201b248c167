import { join } from "node:path";
import { CheckpointError, messageOf, UsageError } from "../../errors.ts";
import type { TrainingEvent } from "../training_event.ts";
import { encodeEvent } from "./event_record.ts";
import { scanEvents } from "./event_scan.ts";
import type { Scalars } from "./event_record.ts";
import type { EpochRecord } from "../training_event.ts";

/** Tag of the number of completed epochs; tells, when a training goes on, which epochs are written already. */
const EPOCH_TAG = "train/epoch";

/**
 * One file for the whole life of a run, however often it is continued. Outside the run's own folder its name holds the
 * run's id.
 */
const FILE_PATTERN = /^events\.out\.tfevents\.\d+(?:\.([0-9a-f]{12}))?\.puppet-cnn$/;

/** Between two entries within an epoch. */
const STEPS_PER_ENTRY = 10;

/** Where a training stands. */
export interface EventLogPosition {
  /** Optimizer steps completed. */
  readonly step: number;
  /** Epochs completed. */
  readonly epoch: number;
}

/** Options of {@linkcode claimEventFolder}. */
export interface EventFolderOptions {
  /** Goes on in the run's file if that is there; another training's must not be cut off. */
  readonly resume: boolean;
  /**
   * Twelve hexadecimal digits that no other run has: they tell the run's file in a folder that it may share.
   *
   * @default {null} the folder is the run's own, and a file in it without an id is the run's
   */
  readonly run?: string | null;
}

/** Options of {@linkcode openEventLog}. */
export interface OpenEventLogOptions extends EventFolderOptions {
  /** Where training goes on; entries after it belong to work that will be done again, and are cut off. */
  readonly position: EventLogPosition;
  /**
   * Steps between two entries within an epoch.
   *
   * @default 10
   */
  readonly every?: number;
  /**
   * Milliseconds since 1970.
   *
   * @default Date.now
   */
  readonly now?: () => number;
}

/** The event file of a run. It is opened for each entry, so there is nothing to close. */
export interface EventLog {
  /** The file. */
  readonly path: string;
  /**
   * Adds what happened: the figures of an epoch, and those of every so many steps.
   *
   * @throws {CheckpointError} if the file cannot be written.
   */
  add(event: TrainingEvent): void;
}

/** The figures of an epoch; TensorBoard draws no gaps, so what is missing is left out. */
function scalarsOfEpoch(record: EpochRecord): Scalars {
  const scalars: Record<string, number | null> = {
    [EPOCH_TAG]: record.epoch,
    "train/loss": record.trainLoss,
    "train/top1": record.trainTop1,
    "train/learning_rate": record.learningRate,
    "train/gradient_norm": record.gradientNorm,
    "train/images_per_second": record.imagesPerSecond,
    "train/mean_depth": record.meanDepth,
    "validation/loss": record.validationLoss,
    "validation/top1": record.validationTop1,
    "validation/top5": record.validationTop5,
  };
  return Object.fromEntries(
    Object.entries(scalars).filter((entry): entry is [string, number] => entry[1] !== null),
  );
}

function scalarsOfStep(event: TrainingEvent & { readonly kind: "step" }): Scalars {
  return {
    "step/mean_loss_of_epoch_so_far": event.loss,
    "step/learning_rate": event.learningRate,
    "step/images_per_second": event.imagesPerSecond,
  };
}

/** Bytes of the file that belong to work that is done: up to the first entry after the position, or to damage. */
function keptLength(bytes: Uint8Array, position: EventLogPosition): number {
  let kept = 0;
  for (const { end, step, scalars } of scanEvents(bytes)) {
    const epoch = scalars.get(EPOCH_TAG) ?? 0;
    if (step > position.step || epoch > position.epoch) break;
    kept = end;
  }
  return kept;
}

/** Event files of trainings, each with the id in its name, oldest first. */
function listFiles(folder: string): { readonly path: string; readonly run: string | null }[] {
  return [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile)
    .map(({ name }) => FILE_PATTERN.exec(name)).filter((match) => match !== null)
    .map(([name, run = null]) => ({ path: join(folder, name), run }))
    .sort((a, b) => a.path < b.path ? -1 : 1);
}

function appendRecord(path: string, record: Uint8Array): void {
  using file = Deno.openSync(path, { append: true, create: true });
  const { size } = file.statSync();
  try {
    for (let done = 0; done < record.length;) done += file.writeSync(record.subarray(done));
  } catch (error) {
    // Readers stop at half a record, and would miss all that follow.
    file.truncateSync(size);
    throw error;
  }
}

/** Turns what the file system says into an error of ours. */
function attempt<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new CheckpointError(
      `Cannot write TensorBoard events: ${path} failed (${
        messageOf(error)
      }); check free space and permissions`,
      { cause: error },
    );
  }
}

/**
 * Makes sure that a training may write its events into a folder. Writes nothing but the folder.
 *
 * @param folder Folder of the file; made if it is missing.
 * @param options Whether the run goes on, and what tells its file.
 * @returns The run's file that is to be continued; `null` if there is none.
 * @throws {UsageError} if there are only files of another training.
 * @throws {CheckpointError} if the folder cannot be made or read.
 */
export function claimEventFolder(folder: string, options: EventFolderOptions): string | null {
  const { resume, run = null } = options;
  const files = attempt(folder, () => {
    Deno.mkdirSync(folder, { recursive: true });
    return listFiles(folder);
  });
  const own = resume ? files.find((file) => file.run === run) : undefined;
  if (own !== undefined) return own.path;
  if (files[0] === undefined) return null;
  throw new UsageError(
    `Cannot write TensorBoard events to ${folder}: ${
      files[0].path
    } belongs to another training; name another folder with --tensorboard`,
  );
}

/**
 * Opens the event file of a run for TensorBoard: a new one, or the one that is there, without what comes after the
 * position. So every step is there once, however often the training was interrupted.
 *
 * @param folder Folder of the file; made if it is missing.
 * @param options Where training stands, and what tells its file.
 * @returns The file, ready for the next event.
 * @throws {UsageError} if there are only files of another training.
 * @throws {CheckpointError} if the file cannot be written.
 */
export function openEventLog(folder: string, options: OpenEventLogOptions): EventLog {
  const { position, run = null, every = STEPS_PER_ENTRY, now = Date.now } = options;
  const seconds = () => now() / 1000;
  const found = claimEventFolder(folder, options);
  const path = attempt(folder, () => {
    if (found !== null) {
      const kept = keptLength(Deno.readFileSync(found), position);
      Deno.truncateSync(found, kept);
      if (kept > 0) return found;
    }
    // TensorBoard reads files in the order of their names: ten digits of seconds.
    const time = String(Math.floor(seconds())).padStart(10, "0");
    const id = run === null ? "" : `.${run}`;
    const target = found ?? join(folder, `events.out.tfevents.${time}${id}.puppet-cnn`);
    appendRecord(
      target,
      encodeEvent({ wallTime: seconds(), step: 0, fileVersion: "brain.Event:2" }),
    );
    return target;
  });

  function write(step: number, scalars: Scalars): void {
    attempt(path, () => appendRecord(path, encodeEvent({ wallTime: seconds(), step, scalars })));
  }
  return {
    path,
    add(event) {
      if (event.kind === "epoch") write(event.record.step, scalarsOfEpoch(event.record));
      if (event.kind === "step" && event.step % every === 0) {
        write(event.step, scalarsOfStep(event));
      }
    },
  };
}
