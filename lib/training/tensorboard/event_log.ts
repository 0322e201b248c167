import { join } from "node:path";
import { CheckpointError, messageOf } from "../../errors.ts";
import type { TrainingEvent } from "../training_event.ts";
import { encodeEvent } from "./event_record.ts";
import { scanEvents } from "./event_scan.ts";
import type { Scalars } from "./event_record.ts";
import type { EpochRecord } from "../training_event.ts";

/** Tag of the number of completed epochs; tells, when a training goes on, which epochs are written already. */
const EPOCH_TAG = "train/epoch";

/** One file for the whole life of a run, however often it is continued. */
const FILE_PATTERN = /^events\.out\.tfevents\.\d+\.puppet-cnn$/;

/** Between two entries within an epoch. */
const STEPS_PER_ENTRY = 10;

/** Where a training stands. */
export interface EventLogPosition {
  /** Optimizer steps completed. */
  readonly step: number;
  /** Epochs completed. */
  readonly epoch: number;
}

/** Options of {@linkcode openEventLog}. */
export interface OpenEventLogOptions {
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

/** The run's event file; `undefined` if it has none yet. */
function findFile(folder: string): string | undefined {
  return [...Deno.readDirSync(folder)].filter(({ isFile, name }) =>
    isFile && FILE_PATTERN.test(name)
  )
    .map(({ name }) => join(folder, name)).sort()[0];
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
 * Opens the event file of a run for TensorBoard: a new one, or the one that is there, without what comes after the
 * position. So every step is there once, however often the training was interrupted.
 *
 * @param folder Folder of the file, which holds the events of this run only; made if it is missing.
 * @param options Where training stands.
 * @returns The file, ready for the next event.
 * @throws {CheckpointError} if the file cannot be written.
 */
export function openEventLog(folder: string, options: OpenEventLogOptions): EventLog {
  const { position, every = STEPS_PER_ENTRY, now = Date.now } = options;
  const seconds = () => now() / 1000;
  const path = attempt(folder, () => {
    Deno.mkdirSync(folder, { recursive: true });
    const found = findFile(folder);
    if (found !== undefined) {
      const kept = keptLength(Deno.readFileSync(found), position);
      Deno.truncateSync(found, kept);
      if (kept > 0) return found;
    }
    // Ten digits of seconds, as TensorBoard expects of names.
    const time = String(Math.floor(seconds())).padStart(10, "0");
    const target = found ?? join(folder, `events.out.tfevents.${time}.puppet-cnn`);
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
