import * as tf from "@tensorflow/tfjs-core";
import { activate, runLayers, runSpatialLayers } from "../layers/run_layers.ts";
import { requireFinite } from "../tensors/require_finite.ts";
import { uniformFanIn } from "../tensors/initial_values.ts";
import { addStoredLayers } from "./stored_layers.ts";
import { DECISION_THRESHOLD } from "./straight_through.ts";
import type { Layer, LinearLayer, ResidualLayer } from "../architectures/layer.ts";
import type { LayerOperations } from "../layers/run_layers.ts";
import type { LayerWeights } from "../classifiers/layer_weights.ts";
import type { ParameterSet } from "../tensors/parameter_set.ts";

/**
 * How far the two outputs of a gate start apart: softmax then says "go on" with 88 %, so that every block is trained from
 * the first step on.
 */
export const INITIAL_GATE_BIAS = 1;

/** The end of a gate: global average pooling, then one output against and one for going on. */
export function gateHead(name: string, channels: number): Layer[] {
  const decision: LinearLayer = {
    kind: "linear",
    name: `${name}.decision`,
    inputs: channels,
    outputs: 2,
    activation: "none",
  };
  return [{ kind: "global-average-pool" }, decision];
}

/**
 * Adds the parameters of a gate.
 *
 * @param parts Parameters, layers' weights, seed.
 * @param layers Layers of the gate, with the two outputs last.
 * @param initialBias Bias of the output for going on; the other's is its negative.
 */
export function addGate(
  parts: {
    readonly parameters: ParameterSet;
    readonly weights: LayerWeights;
    readonly seed: number;
  },
  layers: readonly Layer[],
  initialBias: number,
): void {
  const { name, inputs, outputs } = layers.at(-1) as LinearLayer;
  addStoredLayers(parts.weights, layers.slice(0, -1));
  const options = { fanIn: inputs, seed: parts.seed, name: `${name}.weights` };
  parts.parameters.add(`${name}.weights`, uniformFanIn([inputs, outputs], options));
  const values = Float32Array.of(-initialBias, initialBias);
  parts.parameters.add(`${name}.bias`, { shape: [outputs], values });
}

/**
 * What a gate says.
 *
 * @param layers Layers of the gate.
 * @param features `[batch, height, width, channels]`, float32.
 * @param operations How its layers are computed.
 * @returns Probability of going on, `[batch]`, float32, 0..1.
 */
export function gateProbability(
  layers: readonly Layer[],
  features: tf.Tensor4D,
  operations: LayerOperations,
): tf.Tensor1D {
  const probabilities = tf.softmax(runLayers(layers, features, operations));
  return tf.sum<tf.Tensor1D>(tf.mul(probabilities, tf.tensor1d([0, 1])), 1);
}

/**
 * A residual block whose body counts as much as a gate says: 1 is the block, 0 is its shortcut alone.
 *
 * @param block The block.
 * @param input `[batch, height, width, channels]`, float32.
 * @param options How its layers are computed, and the gate of every image, `[batch]`.
 * @returns `[batch, height', width', channels']`.
 */
export function gatedResidual(
  block: ResidualLayer,
  input: tf.Tensor4D,
  options: { readonly operations: LayerOperations; readonly gate: tf.Tensor1D },
): tf.Tensor4D {
  const { operations, gate } = options;
  const body = runSpatialLayers(block.body, input, operations);
  const shortcut = runSpatialLayers(block.shortcut, input, operations);
  const gated = tf.mul<tf.Tensor4D>(body, tf.reshape(gate, [-1, 1, 1, 1]));
  return activate(tf.add<tf.Tensor4D>(gated, shortcut), block.activation);
}

/**
 * What a gate decides in inference.
 *
 * @param layers Layers of the gate.
 * @param features `[batch, height, width, channels]`, float32; not disposed of.
 * @param operations How its layers are computed.
 * @returns Whether to go on, for each image.
 */
export async function readDecisions(
  layers: readonly Layer[],
  features: tf.Tensor4D,
  operations: LayerOperations,
): Promise<boolean[]> {
  const probability = tf.tidy(() => gateProbability(layers, features, operations));
  const values = await probability.data<"float32">().finally(() => probability.dispose());
  requireFinite(values, "decisions of a gate");
  return Array.from(values, (value) => value > DECISION_THRESHOLD);
}
