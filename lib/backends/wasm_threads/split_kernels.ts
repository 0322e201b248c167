import { getKernel } from "@tensorflow/tfjs-core";
import { NUMBER_BYTES } from "./shared_job.ts";
import { type CallPart, type SplitCall, splitCall, type SplitFunction } from "./split_call.ts";
import { callable, type CFunction, type WasmModule } from "./wasm_module.ts";
import type { WasmThreads } from "./wasm_threads.ts";

/** What is used of TensorFlow.js's WASM backend. */
export interface WasmBackend {
  readonly wasm: Omit<WasmModule, "cwrap"> & {
    cwrap: WasmModule["cwrap"];
    readonly tfjs: {
      registerTensor: (id: number, length: number, address: number) => void;
      disposeData: (id: number) => void;
    };
  };
}

/** Depthwise convolutions are not among them: copying their maps takes as long as the other core saves. */
const SPLIT: readonly SplitFunction[] = ["BatchMatMul", "Conv2D", "FusedConv2D"];

interface Place {
  readonly address: number;
  readonly length: number;
}

/** The tensors of the backend by the numbers under which its functions know them. */
class TensorPlaces {
  readonly #wasm: WasmBackend["wasm"];
  readonly #places = new Map<number, Place>();
  readonly #register: WasmBackend["wasm"]["tfjs"]["registerTensor"];
  readonly #dispose: WasmBackend["wasm"]["tfjs"]["disposeData"];
  /** Far above the numbers that the backend counts up. */
  #lastId = 2 ** 30;

  constructor(wasm: WasmBackend["wasm"]) {
    this.#wasm = wasm;
    const { registerTensor, disposeData } = wasm.tfjs;
    this.#register = registerTensor;
    this.#dispose = disposeData;
    wasm.tfjs.registerTensor = (id, length, address) => {
      this.#places.set(id, { address, length });
      registerTensor(id, length, address);
    };
    wasm.tfjs.disposeData = (id) => {
      this.#places.delete(id);
      disposeData(id);
    };
  }

  find(id: number): Place | undefined {
    return this.#places.get(id);
  }

  /** The numbers of a tensor; the view is good until memory grows. */
  view({ address, length }: Place): Float32Array {
    return new Float32Array(this.#wasm.HEAPU8.buffer, address, length);
  }

  /** Runs a part of a call on stretches of the tensors, without copying. */
  runPart(
    run: (args: CallPart["args"]) => void,
    { call, part, args, input, output }: {
      readonly call: SplitCall;
      readonly part: CallPart;
      readonly args: readonly unknown[];
      readonly input: Place;
      readonly output: Place;
    },
  ): void {
    const filled = [...part.args];
    for (const position of call.whole) filled[position] = args[position] as number;
    const ends = [
      [call.input, input, part.input],
      [call.output, output, part.output],
    ] as const;
    for (const [position, { address }, { start, length }] of ends) {
      filled[position] = ++this.#lastId;
      this.#register(this.#lastId, length, address + start * NUMBER_BYTES);
    }
    run(filled);
    for (const [position] of ends) this.#dispose(filled[position] as number);
  }
}

/** Puts a function that shares large calls in the place of one of the module's. */
function shareCalls(
  original: CFunction,
  name: SplitFunction,
  { places, threads, run }: {
    readonly places: TensorPlaces;
    readonly threads: WasmThreads;
    readonly run: (args: CallPart["args"]) => void;
  },
): CFunction {
  return (...args) => {
    const call = splitCall(name, args as (number | boolean | Uint8Array)[], threads.parts);
    if (call === null || call.work < threads.leastWork || call.parts.length < 2) {
      return original(...args);
    }
    const placeAt = (position: number) => places.find(args[position] as number);
    const [input, output] = [placeAt(call.input), placeAt(call.output)];
    const whole = call.whole.map((position) => args[position] === 0 ? null : placeAt(position));
    // Tensors from before the threads were there are not known.
    if (!input || !output || whole.includes(undefined)) return original(...args);
    const shared = threads.run({
      call,
      inputLength: input.length,
      input: () => places.view(input),
      whole: whole.map((place) => place ? places.view(place) : null),
      outputLength: output.length,
      run: (part) => places.runPart(run, { call, part, args, input, output }),
      output: () => places.view(output),
    });
    if (!shared) original(...args);
  };
}

/**
 * Makes the large convolutions and matrix products of the WASM backend share their work among threads. The kernels of
 * TensorFlow.js stay as they are; what they call in WebAssembly is replaced.
 *
 * @param backend The running backend.
 * @param threads The threads.
 */
export function splitKernels(backend: WasmBackend, threads: WasmThreads): void {
  const { wasm } = backend;
  const places = new TensorPlaces(wasm);
  const cwrap = wasm.cwrap;
  wasm.cwrap = (name, returns, types) => {
    const original = cwrap(name, returns, types);
    const split = SPLIT.find((known) => known === name);
    if (split === undefined) return original;
    return shareCalls(original, split, { places, threads, run: callable({ cwrap }, split) });
  };
  // Kernels ask for their functions when they are set up: now, and whenever the backend becomes current again.
  for (const name of SPLIT) getKernel(name, "wasm").setupFunc?.(backend as never);
}
