import { join } from "node:path";
import { z } from "zod";
import { CheckpointError } from "../errors.ts";
import { writeFileAtomically } from "../files/atomic_write.ts";
import { readBoundedText } from "../read_bounded.ts";
import { ATTEMPTS_FOLDER } from "./attempts.ts";
import { waitForLock } from "./process_lock.ts";

/** What was started for a plan, beside it. */
const FILE = "submissions.json";

const BOUNDS = { maxBytes: 64e6, refusal: CheckpointError };

const job = z.string().regex(/^\d+$/);

const submissionSchema = z.object({
  executor: z.enum(["local", "slurm"]),
  at: z.iso.datetime(),
  host: z.string(),
  process: z.int(),
  arrays: z.array(z.object({ job, offset: z.int().min(0) })),
  report: job.nullable(),
});

/** One start of a plan's tasks. */
export interface Submission {
  /** What runs them. */
  readonly executor: "local" | "slurm";
  /** ISO 8601. */
  readonly at: string;
  /** Name of the machine that started it. */
  readonly host: string;
  /** Number of the process that started it. */
  readonly process: number;
  /** Job arrays of Slurm, with the number of the row of their index 0. */
  readonly arrays: readonly { readonly job: string; readonly offset: number }[];
  /** Job that writes the results; `null` without one. */
  readonly report: string | null;
}

/**
 * Reads what was started for a plan.
 *
 * @param folder Folder of the plan.
 * @returns The submissions, oldest first; none where nothing was started.
 * @throws {CheckpointError} if the file is damaged.
 */
export async function readSubmissions(folder: string): Promise<Submission[]> {
  const path = join(folder, FILE);
  try {
    return z.array(submissionSchema).parse(JSON.parse(await readBoundedText(path, BOUNDS)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    if (error instanceof CheckpointError) throw error;
    throw new CheckpointError(
      `Cannot read ${path}: it must list what was started; remove it, and cancel jobs by hand`,
      { cause: error },
    );
  }
}

/**
 * Notes what was started for a plan.
 *
 * @param folder Folder of the plan.
 * @param submission What was started.
 */
export async function addSubmission(folder: string, submission: Submission): Promise<void> {
  // Two may be started at once, and the file has both.
  using _lock = await waitForLock(join(folder, ATTEMPTS_FOLDER, "submissions.lock"));
  const all = [...await readSubmissions(folder), submission];
  await writeFileAtomically(join(folder, FILE), `${JSON.stringify(all, null, 1)}\n`);
}
