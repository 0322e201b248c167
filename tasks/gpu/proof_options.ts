import { readTaskArguments, readWhole, readWord, refusePositionals } from "../task_options.ts";

/** Backends that can have a GPU. */
export type GpuBackend = "webgpu" | "tensorflow";

/** What is measured, at which sizes. */
export interface ProofOptions {
  /** The backend under proof. */
  readonly backend: GpuBackend;
  /** C of the timed model. */
  readonly channels: number;
  /** Images of a training batch, one row each. */
  readonly batches: readonly number[];
  /** Images of the evaluation. */
  readonly images: number;
  /** Training steps of the search for a leak. */
  readonly steps: number;
  /** Turns that a time is the median of, at most. */
  readonly rounds: number;
  /** Folder that holds CIFAR-10; `null` takes synthetic images. */
  readonly data: string | null;
  /** Python with torch; `null` leaves the comparison out. */
  readonly python: string | null;
  /** Small sizes, to try the proof itself. */
  readonly smoke: boolean;
}

/** Options of the whole proof. */
export interface ProofCommand {
  /** Options that every section gets. */
  readonly options: ProofOptions;
  /** Sections that run; `null` for all. */
  readonly only: readonly string[] | null;
  /** Seconds for everything. */
  readonly budget: number;
  /** File that receives the findings as JSON; `null` for none. */
  readonly json: string | null;
}

const FULL = { channels: 512, batches: "64,128,256", images: 10_000, steps: 500, rounds: 10 };
const SMOKE = { channels: 16, batches: "4,8", images: 200, steps: 20, rounds: 2 };

const HELP =
  `Proves a GPU end to end: layers, models, training, generation, evaluation, profile, leaks, PyTorch beside it.

Usage: deno task gpu-proof [options]

  --backend NAME     webgpu (default) or tensorflow
  --budget SECONDS   for everything (default: 540)
  --only SECTIONS    device,layers,... (default: all)
  --data FOLDER      holds CIFAR-10 (default: synthetic images)
  --python NAME      a Python with torch, for the comparison
  --json FILE        keeps the findings, complete after every section
  --smoke            small sizes, for a software adapter or the CPU
  --channels COUNT   C of the timed model (default: 512)
  --batches SIZES    of the timed trainings (default: 64,128,256)
  --images COUNT     of the evaluation (default: 10000)
  --steps COUNT      of the search for a leak (default: 500)
  --rounds COUNT     turns of a timing (default: 10)
  --debug            show stack traces of errors
  -h, --help         show this help

Exits with 0 if every section ended and everything that was judged held.`;

function readCount(option: string, text: string | undefined, usual: number): number {
  return readWhole(option, text ?? String(usual));
}

/**
 * Reads the command line of the proof.
 *
 * @param args Arguments after the task's name.
 * @returns What to run.
 * @throws {UsageError} for an unknown option or a value out of its range.
 */
export function parseProofArguments(args: string[]): ProofCommand {
  const { values, positionals } = readTaskArguments(HELP, {
    backend: { type: "string", default: "webgpu" },
    budget: { type: "string" },
    only: { type: "string" },
    data: { type: "string" },
    python: { type: "string" },
    json: { type: "string" },
    smoke: { type: "boolean", default: false },
    channels: { type: "string" },
    batches: { type: "string" },
    images: { type: "string" },
    steps: { type: "string" },
    rounds: { type: "string" },
  }, args);
  refusePositionals(positionals);
  const usual = values.smoke ? SMOKE : FULL;
  const batches = (values.batches ?? usual.batches).split(",");
  return {
    options: {
      backend: readWord("backend", values.backend, ["webgpu", "tensorflow"]),
      channels: readCount("channels", values.channels, usual.channels),
      batches: batches.map((batch) => readCount("batches", batch, 0)),
      images: readCount("images", values.images, usual.images),
      steps: readCount("steps", values.steps, usual.steps),
      rounds: readCount("rounds", values.rounds, usual.rounds),
      data: values.data ?? null,
      python: values.python ?? null,
      smoke: values.smoke,
    },
    only: values.only?.split(",") ?? null,
    budget: readCount("budget", values.budget, 540),
    json: values.json ?? null,
  };
}
