/**
 * Worker of {@linkcode WasmThreads}: holds an instance of the WebAssembly module, sleeps until there is a job, and takes
 * parts of it until there are none left.
 */
import { workerData } from "node:worker_threads";
import createModule from "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js";
import {
  bytesOf,
  Control,
  type Job,
  jobPlace,
  NUMBER_BYTES,
  partPlace,
  PartState,
  readyPlace,
  type SharedTensor,
  type WorkerData,
} from "./shared_job.ts";
import { callable, type CFunction, type WasmModule } from "./wasm_module.ts";
import type { CallPart } from "./split_call.ts";

type CreateModule = (options: {
  readonly instantiateWasm: (
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ) => object;
}) => Promise<WasmModule>;

async function instantiate(program: Uint8Array): Promise<WasmModule> {
  const compiled = await WebAssembly.compile(program.slice());
  return await (createModule as unknown as CreateModule)({
    instantiateWasm: (imports, receive) => {
      WebAssembly.instantiate(compiled, imports).then((instance) => receive(instance, compiled));
      return {};
    },
  });
}

/** The tensors of one worker: those of a part live as long as the part, whole ones as long as the job. */
class WorkerMemory {
  readonly #module: WasmModule;
  readonly #shared: SharedArrayBuffer;
  readonly #register: CFunction;
  readonly #forget: CFunction;
  #lastId = 0;
  #live: { readonly id: number; readonly address: number }[] = [];

  constructor(module: WasmModule, shared: SharedArrayBuffer) {
    this.#module = module;
    this.#shared = shared;
    this.#register = module.cwrap("register_tensor", null, []);
    this.#forget = module.cwrap("dispose_data", null, []);
  }

  /** Reserves memory for so many numbers. */
  reserve(length: number): { readonly id: number; readonly address: number } {
    const address = this.#module._malloc(length * NUMBER_BYTES) >>> 0;
    if (address === 0) throw new RangeError("WebAssembly's memory is full");
    const tensor = { id: ++this.#lastId, address };
    this.#register(tensor.id, length, address);
    this.#live.push(tensor);
    return tensor;
  }

  /** Copies numbers from the shared memory; returns the tensor's id. */
  take({ at, length }: SharedTensor): number {
    const { id, address } = this.reserve(length);
    const bytes = new Uint8Array(this.#shared, at, length * NUMBER_BYTES);
    this.#module.HEAPU8.set(bytes, address);
    return id;
  }

  /** Copies numbers to the shared memory. */
  give(address: number, { at, length }: SharedTensor): void {
    const end = address + length * NUMBER_BYTES;
    new Uint8Array(this.#shared, at, length * NUMBER_BYTES)
      .set(this.#module.HEAPU8.subarray(address, end));
  }

  /** How many tensors there are. */
  get count(): number {
    return this.#live.length;
  }

  /** Frees all tensors but the first ones. */
  freeAllBut(count: number): void {
    for (const { id, address } of this.#live.splice(count)) {
      this.#module._free(address);
      this.#forget(id);
    }
  }
}

function runPart(
  job: Job,
  part: CallPart,
  memory: WorkerMemory,
  whole: readonly number[],
  run: (
    args: CallPart["args"],
  ) => void,
): void {
  const { call, input, output } = job;
  const kept = memory.count;
  const from = bytesOf(input.at, part.input).at;
  const source = memory.take({ at: from, length: part.input.length });
  const target = memory.reserve(part.output.length);
  const args = part.args.with(call.input, source).with(call.output, target.id);
  call.whole.forEach((position, index) => args[position] = whole[index]!);
  run(args);
  const to = bytesOf(output.at, part.output).at;
  memory.give(target.address, { at: to, length: part.output.length });
  memory.freeAllBut(kept);
}

/** Takes the next part, and waits until it may; `null` if there is none left. */
function takePart({ call }: Job, control: Int32Array): number | null {
  const index = Atomics.add(control, Control.next, 1);
  if (index >= call.parts.length) return null;
  for (;;) {
    const offered = Atomics.load(control, Control.offered);
    if (index < offered >> 1) return index;
    if (offered % 2 === 1) return null;
    Atomics.wait(control, Control.offered, offered);
  }
}

/** Takes parts until there are none left. */
function work(job: Job, control: Int32Array, module: WasmModule, memory: WorkerMemory): void {
  const run = callable(module, job.call.name);
  let whole: number[] | null = null;
  try {
    for (;;) {
      const index = takePart(job, control);
      if (index === null) return;
      // Not before there is a part to do: a late worker need not copy a filter for nothing.
      whole ??= job.whole.map((tensor) => tensor === null ? 0 : memory.take(tensor));
      runPart(job, job.call.parts[index]!, memory, whole, run);
      Atomics.store(control, partPlace(index), PartState.done);
    }
  } finally {
    memory.freeAllBut(0);
  }
}

async function serve({ slot, control: shared, message, tensors, program }: WorkerData) {
  const control = new Int32Array(shared);
  const module = await instantiate(program);
  module.cwrap("init", null, [])();
  const memory = new WorkerMemory(module, tensors);
  let latest = Atomics.load(control, jobPlace(slot));
  Atomics.store(control, readyPlace(slot), 1);
  Atomics.notify(control, readyPlace(slot));
  for (;;) {
    Atomics.wait(control, jobPlace(slot), latest);
    latest = Atomics.load(control, jobPlace(slot));
    if (Atomics.load(control, Control.ending) === 1) return;
    const text = new Uint8Array(message, 0, Atomics.load(control, Control.messageBytes)).slice();
    try {
      work(JSON.parse(new TextDecoder().decode(text)), control, module, memory);
    } catch {
      // The part that failed is not marked as done: the main thread computes it, and meets the reason itself. An
      // instance that ran out of memory is not used again.
      Atomics.store(control, readyPlace(slot), 0);
    }
    Atomics.add(control, Control.finished, 1);
    Atomics.notify(control, Control.finished);
  }
}

await serve(workerData as WorkerData);
