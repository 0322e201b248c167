import { join } from "node:path";
import { z } from "zod";
import { CheckpointError } from "../errors.ts";
import { replaceFile, writeNewFile } from "../files/atomic_write.ts";
import { readBoundedText } from "../read_bounded.ts";

/** Folder of the records, beside the plan. */
export const ATTEMPTS_FOLDER = "attempts";

/** Seconds between two signs of life of a task. */
export const BEAT_SECONDS = 10;

/** Seconds without a sign of life after which a task of another machine counts as lost. */
export const STALE_SECONDS = 120;

/**
 * How an attempt stands: at work; ended by a signal, with its state saved, or left to another process that trains the same
 * run; done; failed so that another attempt may help;
 * failed for good; or no attempt at all, but somebody's word that the row is to be tried again.
 */
export type AttemptState = "running" | "saved" | "done" | "failed" | "failed-for-good" | "reset";

/** One attempt at a row. Its number says that it is the only one: the file is made by whoever makes it first. */
export interface Attempt {
  /** 1, 2, 3 ... */
  readonly number: number;
  /** How it stands. */
  readonly state: AttemptState;
  /** Name of the machine. */
  readonly host: string;
  /** Number of the process. */
  readonly process: number;
  /** Job of a batch system, `123_4`; `null` without one. */
  readonly job: string | null;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Last sign of life, ISO 8601; the end, once it has ended. */
  readonly seenAt: string;
  /** Seconds from the start of the process to the first step; `null` before it. */
  readonly secondsToFirstStep: number | null;
  /** What was wrong; `null` if nothing was. */
  readonly message: string | null;
}

const attemptSchema = z.object({
  number: z.int().positive(),
  state: z.enum(["running", "saved", "done", "failed", "failed-for-good", "reset"]),
  host: z.string(),
  process: z.int(),
  job: z.string().nullable(),
  startedAt: z.iso.datetime(),
  seenAt: z.iso.datetime(),
  secondsToFirstStep: z.number().nullable(),
  message: z.string().nullable(),
});

const BOUNDS = { maxBytes: 100_000, refusal: CheckpointError };

const NAME = /^(\d{1,6})\.(\d{1,6})\.json$/;

/** Path of the record of an attempt. */
function pathOf(folder: string, row: number, number: number): string {
  return join(folder, ATTEMPTS_FOLDER, `${row}.${number}.json`);
}

/**
 * Path of the file that a task keeps locked as long as it lives.
 *
 * @param folder Folder of the plan.
 * @param row Number of the row.
 * @returns The path.
 */
export function rowLockOf(folder: string, row: number): string {
  return join(folder, ATTEMPTS_FOLDER, `${row}.lock`);
}

/** What the names of the files that starters on a machine keep locked begin with. */
function starterPrefix(host: string): string {
  return `starter-${encodeURIComponent(host)}-`;
}

/**
 * Path of the file that a process which starts tasks on its machine keeps locked as long as it does.
 *
 * @param folder Folder of the plan.
 * @param host Name of the machine.
 * @param process Number of the process.
 * @returns The path.
 */
export function starterLockOf(folder: string, host: string, process: number): string {
  return join(folder, ATTEMPTS_FOLDER, `${starterPrefix(host)}${process}.lock`);
}

/**
 * Lists the files of processes that start tasks, or did until they were killed.
 *
 * @param folder Folder of the plan.
 * @param host Name of their machine.
 * @returns Files and processes.
 */
export async function listStarters(
  folder: string,
  host: string,
): Promise<{ readonly lock: string; readonly process: number }[]> {
  const root = join(folder, ATTEMPTS_FOLDER);
  const names = await namesIn(root);
  const prefix = starterPrefix(host);
  return names.flatMap((name) => {
    // The name of another machine may begin with that of this one.
    const rest = name.startsWith(prefix)
      ? /^(\d{1,10})\.lock$/.exec(name.slice(prefix.length))
      : null;
    return rest === null ? [] : [{ lock: join(root, name), process: Number(rest[1]) }];
  });
}

async function namesIn(root: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(root))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/**
 * Reads the attempts at every row.
 *
 * @param folder Folder of the plan.
 * @returns Attempts by number of the row, in their order; rows without one are left out.
 * @throws {CheckpointError} if a record is damaged.
 */
export async function readAttempts(folder: string): Promise<Map<number, Attempt[]>> {
  const root = join(folder, ATTEMPTS_FOLDER);
  const found = new Map<number, Attempt[]>();
  for (const name of await namesIn(root)) {
    const match = NAME.exec(name);
    if (match === null) continue;
    const row = Number(match[1]);
    const list = found.get(row) ?? [];
    list.push(await readAttempt(join(root, name), Number(match[2])));
    found.set(row, list);
  }
  for (const list of found.values()) list.sort((one, other) => one.number - other.number);
  return found;
}

async function readAttempt(path: string, number: number): Promise<Attempt> {
  const text = await readBoundedText(path, BOUNDS);
  // The file is there before its content: whoever makes it may have been killed in between.
  if (text === "") return emptyAttempt(number);
  try {
    return attemptSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new CheckpointError(
      `Cannot read attempt: ${path} must have the form in which tasks write it; remove it, and its row is tried again`,
      { cause: error },
    );
  }
}

function emptyAttempt(number: number): Attempt {
  const never = new Date(0).toISOString();
  return {
    ...{ number, state: "running", host: "", process: 0, job: null },
    ...{ startedAt: never, seenAt: never, secondsToFirstStep: null, message: null },
  };
}

/**
 * Makes the record of a new attempt, which only one process can.
 *
 * @param folder Folder of the plan.
 * @param row Number of the row.
 * @param attempt The attempt.
 * @returns Whether it is ours; `false` if somebody else was first.
 */
export async function claimAttempt(
  folder: string,
  row: number,
  attempt: Attempt,
): Promise<boolean> {
  await Deno.mkdir(join(folder, ATTEMPTS_FOLDER), { recursive: true });
  const bytes = new TextEncoder().encode(`${JSON.stringify(attempt)}\n`);
  try {
    await writeNewFile(pathOf(folder, row, attempt.number), bytes);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

/**
 * Replaces the record of an attempt that is ours.
 *
 * @param folder Folder of the plan.
 * @param row Number of the row.
 * @param attempt How it stands now.
 */
export async function updateAttempt(folder: string, row: number, attempt: Attempt): Promise<void> {
  await replaceFile(pathOf(folder, row, attempt.number), `${JSON.stringify(attempt)}\n`);
}

/**
 * Whether somebody has begun a later attempt at the row: then ours counts as lost, and must write nothing more.
 *
 * @param folder Folder of the plan.
 * @param row Number of the row.
 * @param number Number of our attempt.
 * @returns The answer.
 */
export async function isOvertaken(folder: string, row: number, number: number): Promise<boolean> {
  try {
    await Deno.lstat(pathOf(folder, row, number + 1));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
