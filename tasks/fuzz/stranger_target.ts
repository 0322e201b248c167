import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { encodeSafetensors } from "../../lib/checkpoints/encode_safetensors.ts";
import { selectBackend } from "../../lib/backends/select_backend.ts";
import { completeConfig } from "../../lib/configuration/experiment_config.ts";
import { requireSameModel } from "../../lib/runs/require_same_model.ts";
import { createClassifier } from "../../lib/models/create_classifier.ts";
import { Optimizer } from "../../lib/training/optimizer.ts";
import { decodeCheckpoint, withCheckpointErrors } from "../../lib/training/decode_checkpoint.ts";
import { initialProgress } from "../../lib/training/training_progress.ts";
import type { Classifier } from "../../lib/classifiers/classifier.ts";
import { type FuzzTarget, fuzzTarget } from "./fuzz_target.ts";
import { mutatedBytes, mutatedText } from "./mutations.ts";

const { model, training } = completeConfig({
  model: { maxChannels: 8, minSteps: 4, maxSteps: 5, stepsPerBit: 0.4 },
});

const card = JSON.stringify({
  formatVersion: 1,
  card: {
    ...{ model, classNames: ["a", "b"], image: { height: 8, width: 8 } },
    standardization: { mean: [0.5, 0.5, 0.5], deviation: [0.2, 0.2, 0.2] },
    ...{ trainFingerprint: "x", backend: "JavaScript, CPU" },
  },
  progress: { ...initialProgress(), best: { epoch: 1, validationTop1: 0.5 } },
  ...{ updates: { "head.bias": 3 }, calibration: {} },
});

interface Receiver {
  readonly classifier: Classifier;
  readonly optimizer: Optimizer;
  /** Numbers of updates of all parameters but the one that the card has, as JSON. */
  readonly updates: string;
  /** Good files of the tensors. */
  readonly tensors: readonly [name: string, bytes: Uint8Array][];
}

let receiver: Promise<Receiver> | null = null;

/** Made once: building a model is not what is fuzzed. */
async function makeReceiver(): Promise<Receiver> {
  await selectBackend("cpu");
  const classifier = createClassifier(model, { classes: 2, seed: 1 });
  const optimizer = new Optimizer(classifier.parameters, training);
  const encode = (
    values: ReadonlyMap<string, { shape: readonly number[]; values: Float32Array }>,
  ) =>
    encodeSafetensors(
      new Map(
        [...values].map(([name, { shape, values: data }]) => [name, { dtype: "F32", shape, data }]),
      ),
    );
  const { moments, updates } = await optimizer.read();
  const { "head.bias": _, ...others } = updates;
  return {
    classifier,
    optimizer,
    updates: JSON.stringify(others).slice(1, -1),
    tensors: [
      ["model.safetensors", encode(await classifier.parameters.read())],
      ["optimizer.safetensors", encode(moments)],
      [
        "statistics.safetensors",
        encode(
          new Map([
            ["level0.block.mean", { shape: [2], values: Float32Array.of(0, 1) }],
            ["level0.block.variance", { shape: [2], values: Float32Array.of(1, 1) }],
          ]),
        ),
      ],
    ],
  };
}

interface Stranger {
  readonly card: string;
  /** Which of the tensor files is spoilt, and by what it is replaced; others stay as they are. */
  readonly spoilt: number;
  readonly seed: number;
}

/** Loads as `--resume` does, but for the manifest, whose checksums a stranger can write himself. */
async function readStranger(stranger: Stranger): Promise<void> {
  receiver ??= makeReceiver();
  const { classifier, optimizer, updates, tensors } = await receiver;
  const text = stranger.card.replace('"head.bias":', `${updates},"head.bias":`);
  const files = new Map<string, Uint8Array>([
    ["checkpoint.json", new TextEncoder().encode(text)],
    ...tensors,
  ]);
  const victim = tensors[stranger.spoilt];
  if (victim !== undefined) {
    files.set(
      victim[0],
      fc.sample(mutatedBytes([victim[1]]), { numRuns: 1, seed: stranger.seed })[0]!,
    );
  }
  const live = tf.memory().numTensors;
  const checkpoint = decodeCheckpoint(files, "step-00000001");
  requireSameModel(checkpoint.card.model, model, "step-00000001");
  withCheckpointErrors("step-00000001", () => {
    classifier.parameters.write(checkpoint.parameters);
    if (checkpoint.optimizer !== null) optimizer.write(checkpoint.optimizer);
  });
  assert.equal(tf.memory().numTensors, live);
  for (const { values } of checkpoint.parameters.values()) assert.ok(values.every(Number.isFinite));
  assert.ok(checkpoint.card.classNames.length >= 1 && checkpoint.progress.step >= 0);
}

/** A checkpoint from a stranger, whose manifest is in order. */
export const strangerTarget: FuzzTarget = fuzzTarget({
  name: "checkpoints of a stranger",
  cases: 5_000,
  input: fc.record({
    card: mutatedText([card]),
    spoilt: fc.nat(6),
    seed: fc.nat(),
  }),
  read: readStranger,
});
