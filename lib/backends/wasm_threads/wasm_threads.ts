import { Worker } from "node:worker_threads";
import {
  bytesOf,
  Control,
  CONTROL_LENGTH,
  type Job,
  jobPlace,
  MOST_PARTS,
  MOST_WORKERS,
  NUMBER_BYTES,
  partPlace,
  PartState,
  readyPlace,
  type SharedTensor,
  type WorkerData,
} from "./shared_job.ts";
import type { CallPart, SplitCall, Stretch } from "./split_call.ts";

/** Most memory for the tensors of a job; a larger one is left to one core. Address space, not memory, until it is used. */
const MOST_TENSOR_BYTES = 2 ** 31;

/** Bytes for a job as JSON: its parts take some 200 each. */
const MESSAGE_BYTES = 2 ** 19;

/** Parts that lie ready for each worker beside the one that it computes. */
const PARTS_AHEAD = 2;

/** Parts per thread: a thread that others disturb does fewer. */
const PARTS_PER_THREAD = 16;

/**
 * Multiply-adds from which a call is shared: a millisecond. With fewer, waking the threads and copying the tensors takes
 * longer than another core saves; on two cores a convolution of 10 million gains nothing, one of 20 million a quarter.
 */
const LEAST_WORK = 16_000_000;

function newControl(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(CONTROL_LENGTH * NUMBER_BYTES));
}

/** A job as the main thread sees it. */
export interface MainJob {
  /** The call, cut into `parts` or fewer parts. */
  readonly call: SplitCall;
  /** Length of the input. */
  readonly inputLength: number;
  /** The input, asked for whenever some of it is needed: memory may have moved. */
  readonly input: () => Float32Array;
  /** Numbers of the tensors of `call.whole`; `null` where there is none. */
  readonly whole: readonly (Float32Array | null)[];
  /** Length of the output. */
  readonly outputLength: number;
  /** Computes a part in the main thread's memory. */
  readonly run: (part: CallPart) => void;
  /** The output, asked for when all parts are computed: memory may have moved. */
  readonly output: () => Float32Array;
}

/** Threads that compute parts of calls beside the main one. They start at the first job and do not keep a program alive. */
export class WasmThreads {
  readonly #workers: Worker[] = [];
  readonly #program: Uint8Array;
  #control = newControl();
  readonly #message = new SharedArrayBuffer(MESSAGE_BYTES);
  readonly #tensors = new SharedArrayBuffer(0, { maxByteLength: MOST_TENSOR_BYTES });
  #count: number;
  #helped = 0;
  /** Multiply-adds from which a call is shared. */
  leastWork = LEAST_WORK;
  /** Whether the main thread leaves all parts to the others; for a test. */
  delegates = false;

  /**
   * Starts nothing.
   *
   * @param count All threads, the main one included; >= 1.
   * @param program The WebAssembly module of the backend.
   */
  constructor(count: number, program: Uint8Array) {
    this.#count = Math.min(count, MOST_WORKERS + 1);
    this.#program = program;
  }

  /** All threads, the main one included. */
  get count(): number {
    return this.#count;
  }

  /** Parts that other threads than the main one have computed. */
  get helped(): number {
    return this.#helped;
  }

  /** How many parts a call is cut into. */
  get parts(): number {
    return Math.min(this.#count * PARTS_PER_THREAD, MOST_PARTS);
  }

  /** Starts the workers; they take jobs as soon as they can, and nobody waits for them. */
  start(): void {
    if (this.#workers.length > 0) return;
    for (let slot = 0; slot < this.#count - 1; slot++) {
      const workerData: WorkerData = {
        slot,
        control: this.#control.buffer,
        message: this.#message,
        tensors: this.#tensors,
        program: this.#program,
      };
      const worker = new Worker(new URL("./thread_worker.ts", import.meta.url), { workerData });
      // A worker that ends takes no more jobs; the main thread does them.
      const control = this.#control;
      worker.on("error", () => Atomics.store(control, readyPlace(slot), 0));
      worker.unref();
      this.#workers.push(worker);
    }
  }

  /** Waits until all workers can take jobs, for a test or a measurement. */
  ready(): void {
    this.start();
    for (const slot of this.#workers.keys()) Atomics.wait(this.#control, readyPlace(slot), 0);
  }

  /** Changes the number of threads; those at work end. */
  async resize(count: number): Promise<void> {
    if (count === this.#count) return;
    await this.stop();
    this.#count = Math.min(count, MOST_WORKERS + 1);
  }

  /** Ends the workers; the next job starts them again. */
  async stop(): Promise<void> {
    const workers = this.#workers.splice(0);
    Atomics.store(this.#control, Control.ending, 1);
    for (const slot of workers.keys()) this.#wake(slot);
    // Integers of their own for the next ones: a worker that has not ended yet must not take their jobs.
    this.#control = newControl();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  /**
   * Computes all parts of a call, and returns when the whole output is in the main thread's memory.
   *
   * @param job The call and its tensors.
   * @returns `false` if there is no worker yet or no room: then nothing has been computed.
   */
  run(job: MainJob): boolean {
    this.start();
    const ready = [...this.#workers.keys()].filter((slot) =>
      Atomics.load(this.#control, readyPlace(slot)) === 1
    );
    if (ready.length === 0) return false;
    const shared = this.#share(job);
    if (shared === null) return false;
    this.#send(shared, ready);
    const own = new Set<number>();
    try {
      this.#deal(job, shared, { own, workers: ready.length });
    } catch (error) {
      Atomics.store(this.#control, Control.next, MOST_PARTS);
      this.#offer(0, true);
      throw error;
    } finally {
      // After an error too: nobody may still be at work when the next job is sent.
      this.#waitFor(ready.length);
    }
    const { parts } = job.call;
    parts.forEach((part, index) => {
      if (own.has(index)) return;
      if (Atomics.load(this.#control, partPlace(index)) !== PartState.done) job.run(part);
      else this.#fetch(part, shared, job.output());
    });
    return true;
  }

  /**
   * Offers the first parts to the workers, always some more than they have begun, and computes the last ones itself in the
   * meantime: only what others compute has to be copied.
   */
  #deal(
    job: MainJob,
    shared: Job,
    { own, workers }: { readonly own: Set<number>; readonly workers: number },
  ): void {
    const { parts } = job.call;
    const compute = (index: number) => {
      own.add(index);
      job.run(parts[index]!);
    };
    let last = parts.length;
    for (let offered = 0; offered < last;) {
      const begun = Math.min(Atomics.load(this.#control, Control.next), offered);
      if (this.delegates || offered - begun < PARTS_AHEAD * workers) {
        this.#copy(parts[offered]!.input, job.input(), shared.input);
        offered += 1;
        this.#offer(offered, false);
      } else {
        last -= 1;
        compute(last);
      }
    }
    this.#offer(last, true);
    if (this.delegates) this.#waitFor(workers);
    for (;;) {
      const index = Atomics.add(this.#control, Control.next, 1);
      if (index >= last) return;
      compute(index);
    }
  }

  /** Lets workers take so many parts; `final` says that there will be no more. */
  #offer(parts: number, final: boolean): void {
    Atomics.store(this.#control, Control.offered, 2 * parts + (final ? 1 : 0));
    Atomics.notify(this.#control, Control.offered);
  }

  #copy({ start, length }: Stretch, from: Float32Array, to: SharedTensor): void {
    const target = new Float32Array(this.#tensors, to.at, to.length);
    target.set(from.subarray(start, start + length), start);
  }

  /** Copies the whole tensors into the shared memory and finds places for the others; `null` where they do not fit. */
  #share({ call, inputLength, whole, outputLength }: MainJob): Job | null {
    const lengths = [inputLength, ...whole.map((tensor) => tensor?.length ?? 0), outputLength];
    const bytes = lengths.reduce((total, length) => total + length * NUMBER_BYTES, 0);
    if (!this.#grow(bytes)) return null;
    let next = 0;
    const place = (length: number): SharedTensor => {
      const at = next;
      next += length * NUMBER_BYTES;
      return { at, length };
    };
    const copy = (tensor: Float32Array): SharedTensor => {
      const found = place(tensor.length);
      new Float32Array(this.#tensors, found.at, found.length).set(tensor);
      return found;
    };
    return {
      call,
      input: place(inputLength),
      whole: whole.map((tensor) => tensor === null ? null : copy(tensor)),
      output: place(outputLength),
    };
  }

  #grow(bytes: number): boolean {
    if (bytes <= this.#tensors.byteLength) return true;
    if (bytes > MOST_TENSOR_BYTES) return false;
    try {
      this.#tensors.grow(bytes);
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  #send(job: Job, slots: readonly number[]): void {
    const text = new TextEncoder().encode(JSON.stringify(job));
    new Uint8Array(this.#message).set(text);
    for (const index of job.call.parts.keys()) {
      Atomics.store(this.#control, partPlace(index), PartState.none);
    }
    Atomics.store(this.#control, Control.next, 0);
    Atomics.store(this.#control, Control.offered, 0);
    Atomics.store(this.#control, Control.finished, 0);
    Atomics.store(this.#control, Control.messageBytes, text.length);
    for (const slot of slots) this.#wake(slot);
  }

  #wake(slot: number): void {
    Atomics.add(this.#control, jobPlace(slot), 1);
    Atomics.notify(this.#control, jobPlace(slot));
  }

  #waitFor(workers: number): void {
    for (;;) {
      const finished = Atomics.load(this.#control, Control.finished);
      if (finished === workers) return;
      Atomics.wait(this.#control, Control.finished, finished);
    }
  }

  #fetch(part: CallPart, { output }: Job, target: Float32Array): void {
    const { at } = bytesOf(output.at, part.output);
    const { start, length } = part.output;
    this.#helped += 1;
    target.set(new Float32Array(this.#tensors, at, length), start);
  }
}
