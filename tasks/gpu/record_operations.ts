import * as tf from "@tensorflow/tfjs-core";

/** Where and what an operation's argument is. */
type Info = tf.TensorInfo;

/** A shader with its sizes, as WebGPU's kernels make one for every launch. */
interface ShaderProgram {
  readonly constructor: { readonly name: string };
  /** Names the compiled shader; every launch puts more before it. */
  shaderKey: string;
}

/** The parts of the two backends through which everything passes that reaches the device. */
interface LaunchingBackend {
  /** WebGPU: one shader launch. */
  runWebGPUProgram?: (
    program: ShaderProgram,
    inputs: Info[],
    dtype: tf.DataType,
    uniforms?: unknown[],
    output?: Info,
  ) => Info;
  /** TensorFlow: one operation. */
  executeSingleOutput?: (name: string, attributes: unknown[], inputs: Info[]) => Info;
  executeMultipleOutputs?: (
    name: string,
    attributes: unknown[],
    inputs: Info[],
    outputs: number,
  ) => Info[];
  read(dataId: tf.DataId): Promise<unknown>;
  incRef(dataId: tf.DataId): void;
  disposeData(dataId: tf.DataId, force?: boolean): boolean;
}

/** An operation with given shapes, and how often it was launched. */
export interface RecordedOperation {
  /** Name of the shader program, or of TensorFlow's operation. */
  readonly name: string;
  /** Shapes of inputs and output: `64x32x32x64, 3x3x64x64 -> 64x32x32x64`. */
  readonly shapes: string;
  /** Launches. */
  count: number;
  /** Milliseconds of this process for all launches: what JavaScript and the driver take to send them. */
  hostMilliseconds: number;
  /** Launches it again, on other numbers of the same shapes; the caller frees the results. */
  readonly again: () => Info[];
  /** Frees what was kept for launching it again. */
  readonly release: () => void;
}

/** What a piece of work launched. */
export interface Recording {
  readonly operations: readonly RecordedOperation[];
  /** Times that numbers were read back: each waits for the device. */
  readonly reads: number;
  /** Milliseconds of this process from the first launch to the end of the work. */
  readonly milliseconds: number;
}

/** The backend in use, as far as a recording needs it. */
function launchingBackend(): LaunchingBackend {
  return tf.backend() as unknown as LaunchingBackend;
}

const shapeText = (info: Info) => info.shape.join("x") || "1";

/** Value of the numbers that launches are repeated with; the device makes them, millions at once. */
const REPEATED_VALUE = 0.37;

/**
 * Arguments of the same shapes for another launch: other numbers for floats, whose own are freed; whatever else there
 * was (axes, places) is kept, since only some values are valid.
 */
function keepArguments(backend: LaunchingBackend, inputs: readonly Info[]) {
  const kept = inputs.map((info) => {
    if (info.dtype !== "float32") backend.incRef(info.dataId);
    return { dataId: info.dataId, shape: [...info.shape], dtype: info.dtype };
  });
  let made: (Info | tf.Tensor)[] | null = null;
  return {
    make: (): Info[] =>
      made ??= kept.map((info) =>
        info.dtype === "float32" ? tf.keep(tf.fill(info.shape, REPEATED_VALUE)) : info
      ),
    release: () => {
      for (const [index, info] of kept.entries()) {
        if (info.dtype !== "float32") backend.disposeData(info.dataId);
        else if (made !== null) (made[index] as tf.Tensor).dispose();
      }
    },
  };
}

/** Collects launches by name and shapes. */
class Recorder {
  readonly operations = new Map<string, RecordedOperation>();
  readonly #backend: LaunchingBackend;

  constructor(backend: LaunchingBackend) {
    this.#backend = backend;
  }

  /** Launches, takes the time, and notes what it was. */
  launch<Result extends Info | Info[]>(
    name: string,
    inputs: readonly Info[],
    launch: (inputs: Info[]) => Result,
  ): Result {
    const started = performance.now();
    const result = launch([...inputs]);
    const milliseconds = performance.now() - started;
    const outputs: readonly Info[] = Array.isArray(result) ? result : [result as Info];
    const shapes = `${inputs.map(shapeText).join(", ")} -> ${outputs.map(shapeText).join(", ")}`;
    const known = this.operations.get(`${name} ${shapes}`);
    if (known === undefined) {
      const { make, release } = keepArguments(this.#backend, inputs);
      this.operations.set(`${name} ${shapes}`, {
        ...{ name, shapes, count: 1, hostMilliseconds: milliseconds, release },
        again: () => {
          const found = launch(make());
          return Array.isArray(found) ? found : [found as Info];
        },
      });
    } else {
      known.count++;
      known.hostMilliseconds += milliseconds;
    }
    return result;
  }
}

/** Puts a recorder between TensorFlow.js and the device; returns what takes it away. */
function hook(backend: LaunchingBackend, recorder: Recorder): () => void {
  const { runWebGPUProgram, executeSingleOutput, executeMultipleOutputs } = backend;
  if (runWebGPUProgram !== undefined) {
    backend.runWebGPUProgram = (program, inputs, dtype, uniforms, output) => {
      let given = output;
      const { shaderKey } = program;
      return recorder.launch(program.constructor.name, inputs, (again) => {
        // With a longer key the shader would be compiled again.
        program.shaderKey = shaderKey;
        const result = runWebGPUProgram.call(backend, program, again, dtype, uniforms, given);
        // A launch that writes into a given tensor is repeated into one of its own.
        given = undefined;
        return result;
      });
    };
  }
  if (executeSingleOutput !== undefined && executeMultipleOutputs !== undefined) {
    backend.executeSingleOutput = (name, attributes, inputs) =>
      recorder.launch(
        name,
        inputs,
        (again) => executeSingleOutput.call(backend, name, attributes, again),
      );
    backend.executeMultipleOutputs = (name, attributes, inputs, outputs) =>
      recorder.launch(
        name,
        inputs,
        (again) => executeMultipleOutputs.call(backend, name, attributes, again, outputs),
      );
  }
  return () => {
    // The methods are the class's: without own ones they are back.
    for (
      const name of ["runWebGPUProgram", "executeSingleOutput", "executeMultipleOutputs"] as const
    ) delete backend[name];
  };
}

/**
 * Records everything that a piece of work launches on the device of the current backend, WebGPU or TensorFlow.
 *
 * @param work What is recorded; it should have run before, so that nothing is compiled in it.
 * @returns Launches by operation and shapes; the caller releases them.
 */
export async function recordOperations(work: () => Promise<unknown>): Promise<Recording> {
  const backend = launchingBackend();
  const recorder = new Recorder(backend);
  let reads = 0;
  const unhook = hook(backend, recorder);
  const read = backend.read;
  backend.read = (dataId) => {
    reads++;
    return read.call(backend, dataId);
  };
  const started = performance.now();
  try {
    await work();
  } finally {
    unhook();
    delete (backend as Partial<LaunchingBackend>).read;
  }
  const milliseconds = performance.now() - started;
  return { operations: [...recorder.operations.values()], reads, milliseconds };
}

/** Frees results of a launch; TensorFlow.js knows some of them as tensors, others only the backend knows. */
export function freeResults(results: readonly Info[]): void {
  for (const result of results) {
    if (result instanceof tf.Tensor) result.dispose();
    else launchingBackend().disposeData(result.dataId);
  }
}
