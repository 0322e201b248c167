import type { SplitCall, Stretch } from "./split_call.ts";

/** What a worker is started with. */
export interface WorkerData {
  /** Number of the worker, from 0. */
  readonly slot: number;
  /** 32-bit integers that all threads see; see {@linkcode Control}. */
  readonly control: SharedArrayBuffer;
  /** The job as JSON. */
  readonly message: SharedArrayBuffer;
  /** Tensors of the job; grows. */
  readonly tensors: SharedArrayBuffer;
  /** The WebAssembly module. */
  readonly program: Uint8Array;
}

/** Places in the control integers that all workers share. */
export const Control = {
  /** Next part that nobody has taken. */
  next: 0,
  /** Workers that have finished the job. */
  finished: 1,
  /** Bytes of the job's JSON. */
  messageBytes: 2,
  /** 1 once the workers are to end. */
  ending: 3,
  /** Twice the number of parts that may be taken, and one more once there will be no others. */
  offered: 4,
} as const;

const WORKERS_AT = 8;
const PARTS_AT = 136;

/** Most threads beside the main one. */
export const MOST_WORKERS = (PARTS_AT - WORKERS_AT) / 2;

/** Most parts of a job. */
export const MOST_PARTS = 1024;

/** Length of the control integers. */
export const CONTROL_LENGTH = PARTS_AT + MOST_PARTS;

/** Place that says whether a worker can take jobs: 1 once it can. */
export function readyPlace(slot: number): number {
  return WORKERS_AT + 2 * slot;
}

/** Place of the number of the worker's latest job; the worker sleeps on it. */
export function jobPlace(slot: number): number {
  return WORKERS_AT + 2 * slot + 1;
}

/** Place of what became of a part: see {@linkcode PartState}. */
export function partPlace(part: number): number {
  return PARTS_AT + part;
}

/** What became of a part. */
export const PartState = {
  /** Not computed, or computed by the main thread in its own memory. */
  none: 0,
  /** Its output lies in the shared tensors. */
  done: 1,
} as const;

/** A tensor in the shared memory. */
export interface SharedTensor {
  /** Byte at which it starts. */
  readonly at: number;
  /** How many float32 numbers it has. */
  readonly length: number;
}

/** What workers are asked. */
export interface Job {
  /** The call. */
  readonly call: SplitCall;
  /** Its input. */
  readonly input: SharedTensor;
  /** Where its output belongs. */
  readonly output: SharedTensor;
  /** Tensors that are needed whole, in the order of `call.whole`; `null` where there is none. */
  readonly whole: readonly (SharedTensor | null)[];
}

/** float32 numbers are four bytes long. */
export const NUMBER_BYTES = 4;

/** Bytes of a stretch of a tensor that starts at a byte. */
export function bytesOf(at: number, { start, length }: Stretch): { at: number; length: number } {
  return { at: at + start * NUMBER_BYTES, length: length * NUMBER_BYTES };
}
