import * as tf from "@tensorflow/tfjs-core";

/** One recorded operation, as TensorFlow.js's engine keeps it. */
interface TapeNode {
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  /** Kept for the gradient. */
  readonly saved: readonly tf.Tensor[];
  /** Gradients of the inputs, each computed when called; absent for operations without one. */
  readonly gradient?: (
    outputGradients: (tf.Tensor | undefined)[],
  ) => Record<string, () => tf.Tensor>;
}

/** The parts of the engine that recording needs; the version of TensorFlow.js is pinned. */
interface RecordingEngine {
  readonly state: { activeTape: TapeNode[] | null };
  startTape(): void;
  endTape(): void;
}

/** Value of a function and its gradient. */
export interface ValueAndGradients {
  /** The function's value. */
  readonly value: tf.Scalar;
  /** One per source, of its shape; `null` where the value does not depend on the source. */
  readonly gradients: (tf.Tensor | null)[];
}

function record(compute: () => tf.Scalar): { value: tf.Scalar; tape: TapeNode[] } {
  const engine = tf.engine() as unknown as RecordingEngine;
  engine.startTape();
  try {
    const value = tf.tidy(compute);
    return { value, tape: engine.state.activeTape! };
  } catch (error) {
    engine.state.activeTape!.forEach(release);
    throw error;
  } finally {
    engine.endTape();
    // What gradient functions compute is not recorded, and they may record for themselves.
    engine.state.activeTape = null;
  }
}

function release(node: TapeNode): void {
  for (const tensor of node.saved) tensor.dispose();
}

/** Nodes between the sources and the value, in the order of recording; the others' memory is freed at once. */
function nodesBetween(tape: readonly TapeNode[], sources: ReadonlySet<number>): TapeNode[] {
  const reached = new Set(sources);
  return tape.filter((node) => {
    const depends = Object.values(node.inputs).some(({ id }) => reached.has(id));
    if (depends) { for (const { id } of node.outputs) reached.add(id); }
    else release(node);
    return depends;
  });
}

/** Gradients of a node's inputs that lead back to a source; whatever else they needed is freed. */
function inputGradients(
  node: TapeNode,
  outputGradients: (tf.Tensor | undefined)[],
  isWanted: (input: tf.Tensor) => boolean,
): [input: tf.Tensor, gradient: tf.Tensor][] {
  const wanted = Object.entries(node.inputs).filter(([, input]) => isWanted(input));
  const gradients = tf.tidy(() => {
    const functions = node.gradient!(outputGradients);
    const seen = new Set<tf.Tensor | undefined>(outputGradients);
    return wanted.map(([name]) => {
      const found = functions[name]!();
      // A tensor that is passed on unchanged must survive the disposal of the one that it is.
      const own = seen.has(found) ? tf.clone(found) : found;
      seen.add(found);
      return own;
    });
  });
  return wanted.map(([, input], index) => [input, gradients[index]!]);
}

/** Gradients found, by the tensor's id. */
type Found = Map<number, tf.Tensor>;

/** Propagates from the value, whose gradient is in `found`, to the sources, which alone are in it in the end. */
function propagate(
  found: Found,
  nodes: readonly TapeNode[],
  sources: ReadonlySet<number>,
): void {
  const reached = new Set(sources);
  for (const { outputs } of nodes) for (const { id } of outputs) reached.add(id);
  for (const node of [...nodes].reverse()) {
    const outputGradients = node.outputs.map(({ id }) => found.get(id));
    if (node.gradient !== undefined && outputGradients.some((gradient) => gradient !== undefined)) {
      const isWanted = ({ id }: tf.Tensor) => reached.has(id);
      for (const [input, gradient] of inputGradients(node, outputGradients, isWanted)) {
        const earlier = found.get(input.id);
        found.set(input.id, earlier === undefined ? gradient : tf.add(earlier, gradient));
        if (earlier !== undefined) tf.dispose([earlier, gradient]);
      }
    }
    for (const { id } of node.outputs) {
      found.get(id)?.dispose();
      found.delete(id);
    }
    release(node);
  }
}

/** The same for all of a function; where an operation fails, as for lack of memory, everything kept is freed. */
function gradientsOf(
  value: tf.Scalar,
  nodes: readonly TapeNode[],
  sources: ReadonlySet<number>,
): Found {
  const found: Found = new Map();
  try {
    found.set(value.id, tf.onesLike(value));
    propagate(found, nodes, sources);
    return found;
  } catch (error) {
    nodes.forEach(release);
    tf.dispose([value, ...found.values()]);
    throw error;
  }
}

/**
 * Value and gradient of a function, as `tf.variableGrads` has them, in less memory: what an operation kept for its gradient
 * and the gradient of its result are freed as soon as back-propagation has passed it, where TensorFlow.js keeps all of
 * them to the end.
 *
 * @param compute The function; its value is a scalar.
 * @param sources Tensors whose gradient is wanted.
 * @returns Tensors that the caller disposes of.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as tf from "@tensorflow/tfjs-core";
 * import { selectBackend } from "@puppet-cnn/puppet-cnn";
 *
 * await selectBackend("cpu");
 * const x = tf.scalar(3);
 * const { value, gradients } = valueAndGradients(() => tf.mul(x, x), [x]);
 * assert.deepEqual([...(await value.data())], [9]);
 * assert.deepEqual([...(await gradients[0]!.data())], [6]);
 * ```
 */
export function valueAndGradients(
  compute: () => tf.Scalar,
  sources: readonly tf.Tensor[],
): ValueAndGradients {
  const { value, tape } = record(compute);
  const ids = new Set(sources.map(({ id }) => id));
  const nodes = nodesBetween(tape, ids);
  const found = gradientsOf(value, nodes, ids);
  if (nodes.length === 0) tf.dispose([...found.values()]);
  return { value, gradients: sources.map(({ id }) => nodes.length > 0 && found.get(id) || null) };
}
