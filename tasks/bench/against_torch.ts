import * as tf from "@tensorflow/tfjs-core";
import { Dynamics } from "../../lib/puppeteer/dynamics.ts";
import { ParameterSet } from "../../lib/tensors/parameter_set.ts";
import { valueAndGradients } from "../../lib/tensors/value_and_gradients.ts";
import {
  bankOf,
  DEPTH,
  fixedDepthPuppet,
  inferOnce,
  randomImages,
  trainingWork,
} from "./bench_models.ts";
import { evaluationOfBytes } from "./evaluation_work.ts";
import { pairedTimes, secondsOf } from "./paired_times.ts";
import type { BenchRow } from "./bench_row.ts";
import type { LevelClassifier } from "../../lib/puppet/level_classifier.ts";
import type { TorchReference } from "./torch_reference.ts";

/** Sizes of the comparison. */
export interface TorchComparison {
  /** Letters of the targets that are wanted. */
  readonly only: ReadonlySet<string>;
  /** C. */
  readonly channels: number;
  /** Images of a training batch. */
  readonly batchSize: number;
  /** Turns per row. */
  readonly rounds: number;
  /** Images of the evaluation. */
  readonly evaluationImages: number;
  /** Receives rows as they come. */
  readonly add: (row: BenchRow) => void;
}

/** f_theta alone, forward and with its gradient. */
async function compareDynamics(torch: TorchReference, options: TorchComparison): Promise<void> {
  const { channels, rounds, add } = options;
  const parameters = new ParameterSet();
  const dynamics = new Dynamics(parameters, { channels, seed: 1 });
  const state: tf.Tensor4D = tf.randomNormal([1, channels, 9, channels], 0, 1, "float32", 1);
  const forward = () => tf.dispose(tf.tidy(() => dynamics.apply(state)));
  const gradient = () => {
    const sources = [state, ...dynamics.weights];
    const found = valueAndGradients(() => tf.sum(dynamics.apply(state)), sources);
    tf.dispose([found.value, ...found.gradients.map((tensor) => tensor!)]);
  };
  // The gradient first: it brings both allocators to the sizes that training works with, and PyTorch's forward pass is
  // twice as slow before.
  const rows = [
    ["f_theta forward and gradient / PyTorch", gradient, "dynamics_gradient"],
    ["f_theta forward / PyTorch", forward, "dynamics_forward"],
  ] as const;
  for (const [name, work, request] of rows) {
    add(
      await pairedTimes(() => secondsOf(work, 8), torch.timed({ do: request }, 8), {
        ...{ target: "d", name, limit: 1, rounds: 2 * rounds },
      }),
    );
  }
  state.dispose();
  parameters.dispose();
}

async function compareGeneration(torch: TorchReference, options: TorchComparison): Promise<void> {
  const classifier = fixedDepthPuppet(options.channels) as LevelClassifier;
  const generate = () => tf.tidy(() => void classifier.kernelsOf(classifier.levels.list[0]!));
  options.add(
    await pairedTimes(() => secondsOf(generate, 3), torch.timed({ do: "generation" }, 3), {
      target: "",
      name: `generation of ${DEPTH} kernels / PyTorch`,
      limit: null,
      rounds: options.rounds,
    }),
  );
  classifier.dispose();
}

async function compareTraining(torch: TorchReference, options: TorchComparison): Promise<void> {
  const { channels, batchSize, rounds, add } = options;
  const classifier = fixedDepthPuppet(channels);
  const training = trainingWork(classifier, batchSize);
  add(
    await pairedTimes(() => secondsOf(training.step), torch.timed({ do: "training_step" }), {
      target: "b",
      name: `training step, batch ${batchSize}, depth ${DEPTH} / PyTorch`,
      limit: 1,
      rounds,
    }),
  );
  training.dispose();
  classifier.dispose();
}

async function compareInference(torch: TorchReference, options: TorchComparison): Promise<void> {
  const { channels, rounds, evaluationImages, add } = options;
  const classifier = fixedDepthPuppet(channels);
  const network = await bankOf(classifier);
  for (const [batch, times] of [[1, 30], [64, 4]] as const) {
    const images = randomImages(batch);
    add(
      await pairedTimes(
        () => secondsOf(() => inferOnce(network, images), times),
        torch.timed({ do: "forward", batch }, times),
        {
          target: "",
          name: `banked forward, batch ${batch} / PyTorch with folded norms`,
          limit: null,
          rounds: 2 * rounds,
        },
      ),
    );
    images.dispose();
  }
  // PyTorch is faster in smaller batches on some processors: the second row takes its side.
  const few = Math.min(2048, evaluationImages);
  for (const [count, batch] of [[evaluationImages, 256], [few, 64]] as const) {
    const request = { do: "evaluation", images: count, batch };
    const evaluate = evaluationOfBytes(network, count);
    const smaller = batch === 256 ? "" : ` in batches of ${batch}`;
    add(
      await pairedTimes(() => secondsOf(evaluate), torch.timed(request), {
        target: "c",
        name: `evaluation of ${count} images from bytes / PyTorch${smaller}`,
        limit: 1,
        rounds,
      }),
    );
  }
  network.dispose();
  classifier.dispose();
}

/** Everything that PyTorch can do too: same shapes, threads and batch, in turns. */
export async function compareWithTorch(
  torch: TorchReference,
  options: TorchComparison,
): Promise<void> {
  const { only } = options;
  if (only.has("d")) await compareDynamics(torch, options);
  if (only.has("d")) await compareGeneration(torch, options);
  if (only.has("b")) await compareTraining(torch, options);
  if (only.has("c")) await compareInference(torch, options);
}
