import { join } from "node:path";
import { writeFileAtomically, writeFully } from "../files/atomic_write.ts";
import { CheckpointError, messageOf } from "../errors.ts";
import { readBoundedText } from "../read_bounded.ts";
import type { EpochRecord } from "./training_event.ts";

/** One JSON object per line and epoch: the log that is read back. */
export const jsonlName = "log.jsonl";

/** The same as a table, for spreadsheets and plots; rebuilt from the other file whenever the log is opened. */
const csvName = "log.csv";

/** Longest log that is read; an epoch takes some 300 bytes. */
export const MAX_LOG_BYTES = 256e6;

/** Columns in their order, with the names of the table; the value tells whether it may be missing. */
const columns: Readonly<Record<keyof EpochRecord, readonly [csv: string, nullable: boolean]>> = {
  epoch: ["epoch", false],
  step: ["step", false],
  learningRate: ["learning_rate", false],
  trainLoss: ["train_loss", false],
  trainTop1: ["train_top1", false],
  validationLoss: ["validation_loss", true],
  validationTop1: ["validation_top1", true],
  validationTop5: ["validation_top5", true],
  gradientNorm: ["gradient_norm", false],
  meanDepth: ["mean_depth", false],
  imagesPerSecond: ["images_per_second", false],
  seconds: ["seconds", false],
  liveTensors: ["live_tensors", false],
};
const fields = Object.keys(columns) as (keyof EpochRecord)[];
const csvHeader = `${fields.map((field) => columns[field][0]).join(",")}\n`;

/** JSON has no words for these numbers; a log of a failing run must be able to hold them. */
const specialNumbers: ReadonlyMap<unknown, number> = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
]);

/** Options of {@linkcode openMetricsLog}. */
export interface OpenMetricsLogOptions {
  /** Epochs completed in the checkpoint that training goes on from; 0 starts the log anew. */
  readonly resumeAfterEpoch: number;
}

/** The log of a run, ready for the next epoch. No file stays open, so there is nothing to close. */
export interface MetricsLog {
  /** Epochs 1 .. `resumeAfterEpoch` that the log does not hold, because it was lost or cut; usually empty. */
  readonly missingEpochs: readonly number[];
  /**
   * Appends the record of the next epoch to both files and flushes them to the disk.
   *
   * @param record The record; its epoch must follow the last one.
   * @throws {RangeError} If the epoch is not the next one.
   * @throws {CheckpointError} If writing fails; no half line is left, and the same record may be appended again.
   */
  append(record: EpochRecord): Promise<void>;
}

/**
 * Opens the log of a run for writing. Records after `resumeAfterEpoch` belong to work that will be done again: they
 * are dropped, as is a last line that a crash cut short, and both files are rewritten atomically. So the epochs of
 * a finished run count from 1 without gap or repetition, however often it was interrupted.
 *
 * @param directory The run folder; it must exist, and its lock must be held.
 * @param options Where training goes on.
 * @returns The log.
 * @throws {RangeError} If `resumeAfterEpoch` is not an integer of 0 or more.
 * @throws {CheckpointError} If the log is damaged before its last line, or cannot be written.
 */
export async function openMetricsLog(
  directory: string,
  options: OpenMetricsLogOptions,
): Promise<MetricsLog> {
  const { resumeAfterEpoch } = options;
  if (!Number.isSafeInteger(resumeAfterEpoch) || resumeAfterEpoch < 0) {
    throw new RangeError(
      `Cannot open metrics log: resumeAfterEpoch must be an integer of 0 or more, ` +
        `current value is ${resumeAfterEpoch}`,
    );
  }
  const kept = (resumeAfterEpoch === 0 ? [] : await readMetricsLog(directory))
    .filter(({ epoch }) => epoch <= resumeAfterEpoch);
  const jsonl = join(directory, jsonlName);
  const csv = join(directory, csvName);
  await writeFileAtomically(jsonl, kept.map(jsonLine).join(""));
  await writeFileAtomically(csv, csvHeader + kept.map(csvLine).join(""));
  const epochs = new Set(kept.map(({ epoch }) => epoch));
  const missingEpochs = Array.from({ length: resumeAfterEpoch }, (_, index) => index + 1)
    .filter((epoch) => !epochs.has(epoch));
  let lastEpoch = resumeAfterEpoch;

  async function append(record: EpochRecord): Promise<void> {
    if (record.epoch !== lastEpoch + 1) {
      throw new RangeError(
        `Cannot append epoch record: epoch must be ${
          lastEpoch + 1
        }, current value is ${record.epoch}`,
      );
    }
    await appendLine(jsonl, jsonLine(record));
    await appendLine(csv, csvLine(record));
    lastEpoch = record.epoch;
  }
  return { missingEpochs, append };
}

/**
 * Reads the log of a run.
 *
 * @param directory The run folder.
 * @returns One record per epoch, in order; empty if no epoch has ended yet. Where an epoch was logged twice, the later
 * record counts. A last line that is incomplete, as a crash leaves it, is passed over.
 * @throws {CheckpointError} If the folder is missing, or a line other than the last is no record.
 */
export async function readMetricsLog(directory: string): Promise<EpochRecord[]> {
  const path = join(directory, jsonlName);
  const lines = (await readText(directory, path)).split("\n");
  // A complete file ends with a line break, which leaves an empty string here.
  if (lines.at(-1) === "") lines.pop();
  const byEpoch = new Map<number, EpochRecord>();
  for (const [index, line] of lines.entries()) {
    const record = parseLine(line);
    if (record !== null) {
      byEpoch.set(record.epoch, record);
    } else if (index < lines.length - 1) {
      throw new CheckpointError(
        // Not repeated: where a link stands in the place of the file, the line is somebody else's.
        `Cannot read metrics log: each line must be the record of an epoch, line ${
          index + 1
        } of ${path} is none; ` +
          "remove that line",
      );
    }
  }
  return [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch);
}

/** A validation, and when it was made. */
interface DatedValidation {
  readonly epoch: number;
  /** Top-1, 0..1. */
  readonly validationTop1: number;
}

/**
 * The first of the highest validations of a log, where no checkpoint says which it was.
 *
 * @param log Records in the order of the epochs.
 * @returns Epoch and Top-1; `null` without a validation.
 */
export function bestValidation(log: readonly EpochRecord[]): DatedValidation | null {
  return log.reduce<DatedValidation | null>((best, { epoch, validationTop1 }) => {
    const isBetter = validationTop1 !== null && validationTop1 > (best?.validationTop1 ?? -1);
    return isBetter ? { epoch, validationTop1 } : best;
  }, null);
}

async function readText(directory: string, path: string): Promise<string> {
  try {
    if (!(await Deno.stat(directory)).isDirectory) throw new Error("it is not a folder");
    const bounds = { maxBytes: MAX_LOG_BYTES, refusal: CheckpointError };
    return await readBoundedText(path, bounds).catch((error: unknown) => {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    });
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    throw new CheckpointError(
      `Cannot read metrics log: ${path} cannot be read (${messageOf(error)}); check the run folder`,
      { cause: error },
    );
  }
}

function jsonLine(record: EpochRecord): string {
  const pairs = fields.map((field) => {
    const value = record[field];
    return [field, value === null || Number.isFinite(value) ? value : String(value)] as const;
  });
  return `${JSON.stringify(Object.fromEntries(pairs))}\n`;
}

function csvLine(record: EpochRecord): string {
  return `${
    fields.map((field) => record[field] === null ? "" : String(record[field])).join(",")
  }\n`;
}

/** The record of a line, or `null` if it is none. Fields that are not known here are left out. */
function parseLine(line: string): EpochRecord | null {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof json !== "object" || json === null) return null;
  const source = new Map<string, unknown>(Object.entries(json));
  const record: Partial<Record<keyof EpochRecord, number | null>> = {};
  for (const field of fields) {
    const raw = source.get(field);
    const value = specialNumbers.get(raw) ?? raw;
    if (typeof value !== "number" && !(value === null && columns[field][1])) return null;
    record[field] = value;
  }
  const { epoch } = record;
  return Number.isSafeInteger(epoch) && epoch! >= 1 ? record as EpochRecord : null;
}

/** Opened and closed for each epoch: nothing is left open by a training that fails, and a moved folder is noticed. */
async function appendLine(path: string, line: string): Promise<void> {
  try {
    using file = await Deno.open(path, { append: true });
    const { size } = await file.stat();
    try {
      await writeFully(file, new TextEncoder().encode(line));
      await file.sync();
    } catch (error) {
      // Half a line in the middle of the file could not be told from damage later.
      await file.truncate(size).catch(() => {});
      throw error;
    }
  } catch (error) {
    throw new CheckpointError(
      `Cannot append to metrics log: ${line.length} bytes to ${path} failed (${
        messageOf(error)
      }); ` +
        `check free space and the run folder`,
      { cause: error },
    );
  }
}
