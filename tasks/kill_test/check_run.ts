import assert from "node:assert/strict";
import { join } from "node:path";
import { stagingPattern } from "../../lib/files/atomic_write.ts";
import { compareNewestFirst, listCheckpoints } from "../../lib/checkpoints/checkpoint_pointer.ts";
import { loadCheckpoint } from "../../lib/checkpoints/load_checkpoint.ts";
import { readMetricsLog } from "../../lib/training/metrics_log.ts";
import { decodeCheckpoint } from "../../lib/training/decode_checkpoint.ts";

/** What a killed training left behind. */
export interface Remains {
  /** Step of the checkpoint that loads; `null` if the process died before its first one. */
  readonly step: number | null;
  /** What the loader passed over, in its words: damaged checkpoints, and those that no pointer led to yet. */
  readonly passedOver: readonly string[];
  /** Files and folders of an unfinished write. */
  readonly litter: number;
}

function countLitter(folder: string): number {
  try {
    return [...Deno.readDirSync(folder)].filter(({ name }) => stagingPattern.test(name)).length;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/**
 * Looks at a run folder after a kill, as a reader would: the checkpoint that `last` names must load whole,
 * and whatever is newer must be named as passed over.
 *
 * @param run The run folder.
 * @returns What was found.
 * @throws {Error} if anything that was promised does not hold.
 */
export async function checkRemains(run: string): Promise<Remains> {
  const root = join(run, "checkpoints");
  const litter = countLitter(run) + countLitter(root);
  const names = await listCheckpoints(root);
  if (names.length === 0) return { step: null, passedOver: [], litter };
  const { folder, files, step, skipped, unreached } = await loadCheckpoint(root, "last");
  const passedOver = [...skipped, ...unreached];
  const { parameters, optimizer } = decodeCheckpoint(files, folder);
  assert.ok(optimizer !== null, `${folder} has no optimizer`);
  for (const tensors of [parameters, optimizer.moments]) {
    for (const [name, { values }] of tensors) assert.ok(values.every(Number.isFinite), name);
  }
  for (const name of names) {
    if (compareNewestFirst(name, folder) >= 0) continue;
    assert.ok(
      passedOver.some((text) => text.includes(`${name} `)),
      `${name} was passed over silently`,
    );
  }
  const epochs = (await readMetricsLog(run)).map(({ epoch }) => epoch);
  assert.deepEqual(epochs, epochs.map((_, index) => index + 1), "the log has a gap");
  return { step, passedOver, litter };
}

/** Everything of a finished run that must not depend on how often it was killed. */
async function lastingContent(run: string): Promise<Map<string, unknown>> {
  const root = join(run, "checkpoints");
  const content = new Map<string, unknown>();
  for (const pointer of ["last", "best"] as const) {
    const { files, step, skipped, unreached } = await loadCheckpoint(root, pointer);
    content.set(`${pointer}: step`, step);
    content.set(`${pointer}: passed over`, [...skipped, ...unreached]);
    for (const [name, bytes] of files) content.set(`${pointer}: ${name}`, bytes);
  }
  content.set("config.yaml", await Deno.readTextFile(join(run, "config.yaml")));
  const log = (await readMetricsLog(run)).map((record) => ({
    ...record,
    // Wall time is the one thing that an interruption may change.
    ...{ seconds: 0, imagesPerSecond: 0 },
  }));
  content.set("log", log);
  content.set("litter", countLitter(run) + countLitter(root));
  return content;
}

/**
 * Compares two finished runs byte for byte: model, optimizer, statistics, progress, best checkpoint,
 * configuration, and the log but for its wall times.
 *
 * @param run A run that was killed and resumed.
 * @param straight The same run, left alone.
 * @returns Number of things compared.
 * @throws {Error} naming what differs.
 */
export async function compareRuns(run: string, straight: string): Promise<number> {
  const [found, expected] = [await lastingContent(run), await lastingContent(straight)];
  assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort());
  for (const [name, value] of expected) assert.deepEqual(found.get(name), value, name);
  return expected.size;
}
