import {
  type Attribute,
  type DataId,
  getKernel,
  type KernelConfig,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
} from "@tensorflow/tfjs-core";

/** Name under which TensorFlow.js keeps the backend whose kernels are composed. */
export const COMPOSED_BACKEND = "wasm";

/** What a backend needs so that composites can release what they computed on the way. */
interface ReleasingBackend {
  disposeData(dataId: DataId): boolean;
}

/**
 * Runs kernels of the backend for one composite and remembers their outputs, so that all but the result can be
 * released. Kernels work below the level of `tf.tidy`: nothing else would release them.
 */
export class KernelRunner {
  readonly #backend: ReleasingBackend;
  readonly #outputs: TensorInfo[] = [];

  /** @param backend - the backend that TensorFlow.js hands to a kernel. */
  constructor(backend: unknown) {
    this.#backend = backend as ReleasingBackend;
  }

  /**
   * Runs one kernel.
   *
   * @param name - registered name, such as `Transpose`.
   * @param inputs - its inputs by name.
   * @param attrs - its attributes by name.
   * @returns its first output; it lives until the composite ends.
   */
  run(name: string, inputs: NamedTensorInfoMap, attrs: NamedAttrMap = {}): TensorInfo {
    return this.runConfig(getKernel(name, COMPOSED_BACKEND), inputs, attrs);
  }

  /**
   * Runs a kernel that is no longer registered because the composite took its place.
   *
   * @param kernel - the kernel.
   * @param inputs - its inputs by name.
   * @param attrs - its attributes by name.
   * @returns its first output; it lives until the composite ends.
   */
  runConfig(kernel: KernelConfig, inputs: NamedTensorInfoMap, attrs: NamedAttrMap): TensorInfo {
    const outputs = kernel.kernelFunc({ inputs, attrs, backend: this.#backend });
    const all = Array.isArray(outputs) ? outputs : [outputs];
    this.#outputs.push(...all);
    const [first] = all;
    if (first === undefined) throw new TypeError(`Kernel ${kernel.kernelName} has no output`);
    return first;
  }

  /**
   * Makes a tensor by other means than a kernel.
   *
   * @param compute - makes it on the backend.
   * @returns the tensor; it lives until the composite ends.
   */
  make(compute: (backend: unknown) => TensorInfo): TensorInfo {
    const tensor = compute(this.#backend);
    this.#outputs.push(tensor);
    return tensor;
  }

  /**
   * The same numbers in another shape; `-1` is not resolved.
   *
   * @param input - what is reshaped.
   * @param shape - new shape with as many elements.
   * @returns a view on the same memory.
   */
  reshape(input: TensorInfo, shape: readonly number[]): TensorInfo {
    return this.run("Reshape", { x: input }, { shape: [...shape] });
  }

  /**
   * Releases every output but one.
   *
   * @param result - the composite's output.
   */
  releaseAllBut(result: TensorInfo | null): void {
    let kept = false;
    for (const output of this.#outputs) {
      // A reshaped output shares its data's counter: exactly one count has to stay.
      if (!kept && output === result) kept = true;
      else this.#backend.disposeData(output.dataId);
    }
  }
}

/** Computes a composite's result from its inputs. */
export type Composition = (
  runner: KernelRunner,
  inputs: NamedTensorInfoMap,
  attrs: Readonly<Record<string, Attribute | undefined>>,
) => TensorInfo;

/**
 * Makes a kernel out of other kernels of the WASM backend.
 *
 * @param kernelName - name under which TensorFlow.js asks for it.
 * @param compose - the computation.
 * @returns what `tf.registerKernel` takes.
 */
export function composeKernel(kernelName: string, compose: Composition): KernelConfig {
  return {
    kernelName,
    backendName: COMPOSED_BACKEND,
    kernelFunc({ inputs, attrs, backend }) {
      const runner = new KernelRunner(backend);
      let result: TensorInfo | null = null;
      try {
        result = compose(runner, inputs, (attrs ?? {}) as Record<string, Attribute>);
        return result;
      } finally {
        runner.releaseAllBut(result);
      }
    },
  };
}

/**
 * An input of a composite.
 *
 * @param inputs - all inputs.
 * @param name - name of the wanted one.
 * @returns the input.
 * @throws {TypeError} if TensorFlow.js did not pass it.
 */
export function inputNamed(inputs: NamedTensorInfoMap, name: string): TensorInfo {
  const input = inputs[name];
  if (input === undefined) throw new TypeError(`Kernel input "${name}" is missing`);
  return input;
}

/** Shape `[a, b, c, d]` of a tensor that must have rank 4. */
export type Shape4D = [number, number, number, number];

/**
 * Narrows a shape to rank 4.
 *
 * @param shape - any shape.
 * @returns the same shape.
 * @throws {TypeError} if the rank is not 4.
 */
export function asShape4D(shape: readonly number[]): Shape4D {
  if (shape.length !== 4) {
    throw new TypeError(`Shape must have rank 4, current value is [${shape.join(", ")}]`);
  }
  return [...shape] as Shape4D;
}
