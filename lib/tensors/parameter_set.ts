import * as tf from "@tensorflow/tfjs-core";

/** Plain values of one tensor, as they are stored. */
export interface TensorValues {
  /** Lengths of the axes. */
  readonly shape: readonly number[];
  /** Row-major, float32. */
  readonly values: Float32Array;
}

/**
 * Reads tensors from the device and frees them, also where reading fails.
 *
 * @param tensors The tensors.
 * @returns Their values, in their order.
 */
export async function takeValues(tensors: readonly tf.Tensor[]): Promise<TensorValues[]> {
  try {
    return await Promise.all(tensors.map(async (tensor) => ({
      shape: [...tensor.shape],
      values: Float32Array.from(await tensor.data()),
    })));
  } finally {
    tf.dispose([...tensors]);
  }
}

/**
 * Why values cannot be those of a tensor.
 *
 * @param shape Shape of the tensor.
 * @param found The values; `undefined` where there are none.
 * @returns What is wrong, in words; `null` if they can.
 */
export function misfitOf(
  shape: readonly number[],
  found: TensorValues | undefined,
): string | null {
  if (found === undefined) return "is missing";
  const size = shape.reduce((product, side) => product * side, 1);
  if (found.shape.join() !== shape.join()) {
    return `must have shape [${shape}], current value is [${found.shape}]`;
  }
  if (found.values.length === size) return null;
  return `must have the ${size} numbers of its shape [${shape}], current length is ${found.values.length}`;
}

/**
 * The trainable tensors of a model by name, in the order in which they were added. Names are the model's
 * own (`puppeteer.pointwise.weights`): TensorFlow.js's variable names are global and would clash when two
 * models are alive.
 */
export class ParameterSet {
  readonly #variables = new Map<string, tf.Variable>();

  /**
   * Adds a parameter.
   *
   * @param name Unique within the set.
   * @param initial Shape and initial values; copied.
   * @throws {RangeError} if the name is taken or the number of values does not fit the shape.
   */
  add(name: string, initial: TensorValues): void {
    if (this.#variables.has(name)) {
      throw new RangeError(`Cannot add parameter: name "${name}" is taken`);
    }
    const misfit = misfitOf(initial.shape, initial);
    if (misfit !== null) throw new RangeError(`Cannot add parameter: "${name}" ${misfit}`);
    const value: tf.Tensor = tf.tensor(initial.values.slice(), [...initial.shape], "float32");
    const variable = tf.variable(value);
    value.dispose();
    this.#variables.set(name, variable);
  }

  /**
   * Finds a parameter.
   *
   * @throws {RangeError} if there is none of that name.
   */
  get<R extends tf.Rank>(name: string): tf.Variable<R> {
    const variable = this.#variables.get(name);
    if (variable === undefined) {
      throw new RangeError(
        `Cannot find parameter "${name}": the set holds ${this.names.join(", ")}`,
      );
    }
    return variable as tf.Variable<R>;
  }

  /** Names in order of addition. */
  get names(): readonly string[] {
    return [...this.#variables.keys()];
  }

  /** Name and variable, in order of addition. */
  get entries(): readonly (readonly [string, tf.Variable])[] {
    return [...this.#variables.entries()];
  }

  /**
   * Counts numbers.
   *
   * @param prefix Counts only the parameters whose name starts with it.
   */
  count(prefix = ""): number {
    return this.entries
      .filter(([name]) => name.startsWith(prefix))
      .reduce((total, [, variable]) => total + variable.size, 0);
  }

  /** Reads all values from the device. */
  async read(): Promise<Map<string, TensorValues>> {
    const result = new Map<string, TensorValues>();
    for (const [name, variable] of this.#variables) {
      const values = Float32Array.from(await variable.data());
      result.set(name, { shape: variable.shape, values });
    }
    return result;
  }

  /**
   * Replaces all values.
   *
   * @param stored One entry for every parameter of the set, with its shape, and no other.
   * @throws {RangeError} naming the first parameter that is missing, unknown, of another shape or length; nothing
   * is changed then.
   */
  write(stored: ReadonlyMap<string, TensorValues>): void {
    for (const name of stored.keys()) this.get(name);
    for (const [name, variable] of this.#variables) {
      const misfit = misfitOf(variable.shape, stored.get(name));
      if (misfit !== null) throw new RangeError(`Cannot load parameters: "${name}" ${misfit}`);
    }
    for (const [name, variable] of this.#variables) {
      const value = tf.tensor(stored.get(name)!.values.slice(), variable.shape, "float32");
      variable.assign(value);
      value.dispose();
    }
  }

  /** Frees all variables. */
  dispose(): void {
    for (const variable of this.#variables.values()) variable.dispose();
    this.#variables.clear();
  }
}
