import { join } from "node:path";
import { CheckpointError } from "../errors.ts";
import { writeFileAtomically } from "../files/atomic_write.ts";
import { isObject } from "../files/is_object.ts";
import { readBoundedText } from "../read_bounded.ts";
import { provenanceSchema } from "./provenance_schema.ts";
import type { Divergence } from "../training/training_event.ts";
import type { Provenance } from "./run_types.ts";

/** Name of the file in a run folder that says where the run comes from; the first that is written. */
export const PROVENANCE_FILE = "provenance.json";

/** An entry takes some 2 kB. */
const PROVENANCE_BOUNDS = { maxBytes: 64e6, refusal: CheckpointError };

async function readJson(directory: string): Promise<unknown> {
  return JSON.parse(await readBoundedText(join(directory, PROVENANCE_FILE), PROVENANCE_BOUNDS));
}

/**
 * Reads where a run comes from, as it was written.
 *
 * @param directory Folder of the run, which may be a stranger's.
 * @returns One entry for every command that worked on the run, oldest first.
 * @throws {CheckpointError} if the file is damaged.
 * @throws {Deno.errors.NotFound} if there is none; what else the system says comes as it is, too.
 */
export async function readProvenance(directory: string): Promise<Provenance[]> {
  const entries = await readJson(directory).catch((error: unknown) => {
    if (!(error instanceof SyntaxError)) throw error;
  });
  const { data } = provenanceSchema.safeParse(entries);
  if (data !== undefined) return data;
  throw new CheckpointError(
    `Cannot read ${
      join(directory, PROVENANCE_FILE)
    }: it must be what a training wrote, it is damaged; restore or ` +
      "remove it",
  );
}

/** What the file holds, of whatever form; none if there is no file. */
async function readEntries(directory: string): Promise<unknown[]> {
  try {
    const entries = await readJson(directory);
    return Array.isArray(entries) ? entries : [entries];
  } catch (error) {
    if (error instanceof SyntaxError) return ["an entry that could not be read"];
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/**
 * Adds an entry to what a run folder says of its origin: one for every command that worked on the run, oldest first.
 *
 * @param directory Folder of the run.
 * @param provenance The entry.
 * @param resume Whether the run goes on; a new one leaves out what a killed one wrote that had not come to be a run.
 */
export async function addProvenance(
  directory: string,
  provenance: Provenance,
  resume: boolean,
): Promise<void> {
  await writeEntries(directory, [...resume ? await readEntries(directory) : [], provenance]);
}

async function writeEntries(directory: string, entries: readonly unknown[]): Promise<void> {
  const path = join(directory, PROVENANCE_FILE);
  await writeFileAtomically(path, `${JSON.stringify(entries, null, 2)}\n`);
}

/**
 * Notes that the training of the last command diverged: who uses what it has saved is told.
 *
 * @param directory Folder of the run.
 * @param divergence What happened.
 */
export async function noteDivergence(
  directory: string,
  { reason, step, learningRate }: Divergence,
): Promise<void> {
  const entries = await readEntries(directory);
  const last = entries.pop();
  const diverged = { reason, step, learningRate };
  await writeEntries(directory, [...entries, { ...isObject(last) ? last : {}, diverged }]);
}

/** What the file of a run that may be a stranger's says of its training, as far as it says it. */
export interface RunOrigin {
  /** Where the training of the last command diverged; `null` where it did not, or nobody says so. */
  readonly diverged: NonNullable<Provenance["diverged"]> | null;
  /** Checkpoint whose weights the run began with; `null` where it began from scratch, or nobody says so. */
  readonly weights: string | null;
}

/**
 * Reads what a run folder says of how its training began and ended.
 *
 * @param directory Folder of the run.
 * @returns What it says; nothing where the file is missing, damaged or cannot be read.
 */
export async function readOrigin(directory: string): Promise<RunOrigin> {
  // Only remarks are made of it: an export has no such file, and a damaged one is no reason to stop.
  const known = await readProvenance(directory).catch((): Provenance[] => []);
  return { diverged: known.at(-1)?.diverged ?? null, weights: known[0]?.weights ?? null };
}

/**
 * Makes sure that a run without a checkpoint can start over: other weights that it began with are not in its folder.
 *
 * @param directory Folder of the run.
 * @throws {CheckpointError} if it began with the weights of another.
 */
export async function requireFromScratch(directory: string): Promise<void> {
  const [first] = await readEntries(directory);
  const source = isObject(first) ? first["weights"] : undefined;
  if (typeof source !== "string") return;
  throw new CheckpointError(
    `Cannot resume ${directory}: it ended before its first checkpoint, and the weights of ${source} that it began with ` +
      "are not in its folder; begin a new run with those weights (--weights)",
  );
}
