import { join } from "node:path";
import process from "node:process";
import fc from "fast-check";
import { PuppetError } from "../../lib/errors.ts";
import { withTemporaryFolder } from "../../lib/files/with_temporary_folder.ts";

/** Milliseconds that a case may take besides its processor time. */
const MAX_WAIT = 600_000;

/** Whether a reader took a case or refused it with a typed error. */
export type Verdict = "accepted" | "refused";

/** What one target of the fuzzing came to. */
export interface TargetReport {
  readonly name: string;
  /** Seed that repeats the run. */
  readonly seed: number;
  readonly cases: number;
  /** Cases that ended in a typed error. */
  readonly refused: number;
  /** Cases that were read, and whose result was checked. */
  readonly accepted: number;
  /** Longest case in milliseconds of processor time. */
  readonly slowest: number;
  /** Largest growth of memory (heap and buffers) over a case, in bytes. */
  readonly growth: number;
  /** What went wrong, with the shrunk input; `null` if nothing did. */
  readonly failure: string | null;
}

/** How a target is fuzzed. */
export interface FuzzOptions {
  /** Cases to try. */
  readonly cases: number;
  /** Seed of the cases. */
  readonly seed: number;
}

/** A reader of foreign input, ready to be fuzzed. */
export interface FuzzTarget {
  readonly name: string;
  /** Its share of the whole. */
  readonly cases: number;
  /** Tries random cases until one fails or all are done. */
  readonly fuzz: (options: FuzzOptions) => Promise<TargetReport>;
}

/** What makes a target. */
export interface FuzzTargetOptions<Input> {
  readonly name: string;
  readonly cases: number;
  readonly input: fc.Arbitrary<Input>;
  /** Reads one input and checks the result, or throws what the reader threw. */
  readonly read: (input: Input, folder: string) => void | Promise<void>;
  /**
   * Whether an error that is no `PuppetError` is documented for this reader.
   *
   * @default none is
   */
  readonly isDocumented?: (error: unknown) => boolean;
  /**
   * Milliseconds of processor time that a case may take.
   *
   * @default 5000
   */
  readonly maxMilliseconds?: number;
  /**
   * Bytes by which a case may let memory grow.
   *
   * @default 100e6
   */
  readonly maxGrowth?: number;
}

/** Name of the one entry beside which nothing may appear. */
const INSIDE = "inside";

/** Everything below a folder but what is in `inside`. */
function listOutside(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name !== INSIDE);
}

function memoryInUse(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/**
 * Makes a target. Every case must end in a typed error or a right result, within its bounds of time and memory,
 * and must write nothing outside the folder that it is given.
 *
 * @param options The reader, and what is fed to it.
 * @returns The target.
 */
export function fuzzTarget<Input>(options: FuzzTargetOptions<Input>): FuzzTarget {
  const { name, cases, input } = options;
  return {
    name,
    cases,
    fuzz: (fuzzing) =>
      withTemporaryFolder(async (outer) => {
        const tally = { accepted: 0, refused: 0, slowest: 0, growth: 0 };
        const property = fc.asyncProperty(input, async (value) => {
          tally[await tryCase(options, { value, outer, tally })]++;
        });
        const { failed, numRuns, seed, counterexample, errorInstance } = await fc.check(property, {
          seed: fuzzing.seed,
          numRuns: fuzzing.cases,
          interruptAfterTimeLimit: 540_000,
        });
        const failure = failed
          ? `${errorInstance}\nseed ${seed}, shrunk input: ${fc.stringify(counterexample)}`
          : null;
        return { name, seed, cases: numRuns, ...tally, failure };
      }),
  };
}

interface RunningCase<Input> {
  readonly value: Input;
  readonly outer: string;
  readonly tally: { slowest: number; growth: number };
}

async function tryCase<Input>(
  options: FuzzTargetOptions<Input>,
  { value, outer, tally }: RunningCase<Input>,
): Promise<Verdict> {
  const { maxMilliseconds = 5000, maxGrowth = 100e6 } = options;
  const folder = join(outer, INSIDE);
  // A failed case leaves its files, and shrinking tries the next one.
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder);
  const before = memoryInUse();
  const started = performance.now();
  const used = process.cpuUsage();
  let verdict: Verdict = "accepted";
  try {
    await options.read(value, folder);
  } catch (error) {
    const isTyped = error instanceof PuppetError || options.isDocumented?.(error) === true;
    if (!isTyped) throw error;
    verdict = "refused";
  }
  // Processor time: what else the machine does must not count. Wall time, generously, for what waits without an end.
  const { user, system } = process.cpuUsage(used);
  const milliseconds = (user + system) / 1000;
  const waited = performance.now() - started - milliseconds;
  const growth = memoryInUse() - before;
  tally.slowest = Math.max(tally.slowest, milliseconds);
  tally.growth = Math.max(tally.growth, growth);
  const outside = listOutside(outer);
  if (outside.length > 0) throw new Error(`it wrote outside its folder: ${outside}`);
  if (milliseconds > maxMilliseconds) throw new Error(`it took ${milliseconds.toFixed(0)} ms`);
  if (waited > MAX_WAIT) throw new Error(`it waited for ${waited.toFixed(0)} ms`);
  if (growth > maxGrowth) throw new Error(`memory grew by ${(growth / 1e6).toFixed(0)} MB`);
  return verdict;
}
