import { parseArgs } from "node:util";
import { UsageError } from "../../lib/errors.ts";

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

function readCount(option: string, text: string | undefined, usual: number): number {
  const value = Number(text ?? usual);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UsageError(`--${option} must be an integer above 0, current value is "${text}"`);
}

function readBackend(text: string): GpuBackend {
  if (text === "webgpu" || text === "tensorflow") return text;
  throw new UsageError(`--backend must be webgpu or tensorflow, current value is "${text}"`);
}

/**
 * Reads the command line of the proof.
 *
 * @param args Arguments after the task's name.
 * @returns What to run.
 * @throws {UsageError} for an unknown option or a value out of its range.
 */
export function parseProofArguments(args: string[]): ProofCommand {
  const text = { type: "string" } as const;
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        ...{ backend: { ...text, default: "webgpu" }, budget: text, json: text, only: text },
        ...{ channels: text, batches: text, images: text, steps: text, rounds: text },
        ...{ data: text, python: text, smoke: { type: "boolean", default: false } },
      },
    }));
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
  const usual = values.smoke ? SMOKE : FULL;
  const batches = (values.batches ?? usual.batches).split(",");
  return {
    options: {
      backend: readBackend(values.backend),
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
