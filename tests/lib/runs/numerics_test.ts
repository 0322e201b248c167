import assert from "node:assert/strict";
import { join } from "node:path";
import { encode } from "fast-png";
import * as tf from "@tensorflow/tfjs-core";
import { loadCheckpoint } from "../../../lib/checkpoints/load_checkpoint.ts";
import { DataError, DivergenceError } from "../../../lib/errors.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { readMetricsLog } from "../../../lib/training/metrics_log.ts";
import { decodeCheckpoint } from "../../../lib/training/decode_checkpoint.ts";
import { encodeCheckpoint } from "../../../lib/training/training_checkpoint.ts";
import { withBackend } from "../../helpers/backends.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";
import { NO_HOOKS, TINY_MODEL, tinyTrainer } from "../../helpers/tiny_training.ts";
import type { ExperimentConfig } from "../../../lib/configuration/experiment_config.ts";

/** Size and content of the images of a class. */
interface ClassImages {
  readonly count: number;
  readonly size?: readonly [width: number, height: number];
  /** Strength of the noise; a constant image without. */
  readonly noise?: number;
}

async function writeClass(folder: string, images: ClassImages, seed: number): Promise<void> {
  const { count, size: [width, height] = [8, 8], noise = 0 } = images;
  await Deno.mkdir(folder, { recursive: true });
  for (let image = 0; image < count; image++) {
    const data = Uint8Array.from(
      { length: width * height * 3 },
      (_, at) => 60 * seed + (noise === 0 ? 0 : ((at + 7) * (image + 3) * 31) % noise),
    );
    const png = encode({ width, height, channels: 3, depth: 8, data });
    await Deno.writeFile(join(folder, `${image}.png`), png);
  }
}

interface StressCase {
  readonly classes: readonly ClassImages[];
  readonly model?: Partial<ExperimentConfig["model"]>;
  readonly training?: Partial<ExperimentConfig["training"]>;
  readonly data?: Partial<ExperimentConfig["data"]>;
}

/** Trains on the images and returns what the last checkpoint and the log hold. */
async function trainOn(stress: StressCase): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [index, images] of stress.classes.entries()) {
      await writeClass(join(folder, "images", `class${index}`), images, index);
    }
    const config = tinyRunConfig({
      data: {
        ...{ dataset: "folder", directory: join(folder, "images"), images: null, testImages: null },
        ...{ imageSize: 8, validationFraction: 0.25, ...stress.data },
      },
      model: { maxChannels: 8, minSteps: 4, maxSteps: 5, ...stress.model },
      training: { epochs: 1, batchSize: 4, statisticsImages: 8, ...stress.training },
    });
    const runDirectory = join(folder, "run");
    const summary = await runTraining(config, {
      ...{ runDirectory, resume: false, provenance: TEST_PROVENANCE },
    });
    assert.equal(summary.stopReason, "finished");
    // decodeCheckpoint() refuses numbers that are not finite.
    const { files } = await loadCheckpoint(join(runDirectory, "checkpoints"), "last");
    decodeCheckpoint(files, "last");
    for (const record of await readMetricsLog(runDirectory)) {
      for (const [name, value] of Object.entries(record)) {
        assert.ok(value === null || Number.isFinite(value), `${name} is ${value}`);
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const TWO_NOISY = [{ count: 8, noise: 40 }, { count: 8, noise: 200 }];

const GOOD_CASES: Readonly<Record<string, StressCase>> = {
  "constant images": { classes: [{ count: 8 }, { count: 8 }] },
  "images of one pixel": { classes: [{ count: 8, size: [1, 1] }, { count: 8, size: [1, 1] }] },
  "images that are not square": {
    classes: [{ count: 8, size: [30, 3], noise: 90 }, { count: 8, size: [2, 40], noise: 90 }],
  },
  "a batch larger than the dataset": { classes: TWO_NOISY, training: { batchSize: 500 } },
  "a batch larger than a level, without sharing": {
    classes: [{ count: 2 }, { count: 14, noise: 200 }],
    training: { levelSharing: 0, batchSize: 16 },
  },
  "levels without images": { classes: [{ count: 6 }, { count: 6 }], model: { maxSteps: 12 } },
  "levels without images, without sharing": {
    classes: [{ count: 6 }, { count: 6 }],
    model: { maxSteps: 7 },
    training: { levelSharing: 0 },
  },
  "one layer for every image": { classes: TWO_NOISY, model: { minSteps: 1, maxSteps: 1 } },
  "two images for training": {
    classes: [{ count: 2 }, { count: 2 }],
    data: { validationFraction: 0 },
  },
  "batches of one image": { classes: [{ count: 3 }, { count: 3 }], training: { batchSize: 1 } },
};

for (const [name, stress] of Object.entries(GOOD_CASES)) {
  Deno.test(`runTraining() stays finite with ${name}`, () =>
    withBackend("cpu", () => trainOn(stress)));
}

const BAD_CASES: Readonly<Record<string, readonly [StressCase, RegExp]>> = {
  "one class": [{ classes: [{ count: 8 }] }, /must be 2 classes at least, current value is 1/],
  "one image in a class": [{ classes: [{ count: 8 }, { count: 1 }] }, /needs at least 2 images/],
  "an empty class": [
    { classes: [{ count: 8 }, { count: 0 }] },
    /2 classes at least, current value is 1/,
  ],
};

for (const [name, [stress, message]] of Object.entries(BAD_CASES)) {
  Deno.test(`runTraining() refuses ${name}`, () =>
    withBackend("cpu", () =>
      assert.rejects(
        trainOn(stress),
        (error) => error instanceof DataError && message.test(error.message),
      )));
}

Deno.test("Trainer tells loss, rate and gradient of the step that diverged", () =>
  withBackend("cpu", async () => {
    const { trainer, classifier, dispose } = await tinyTrainer();
    const bias = classifier.parameters.get("head.bias");
    const broken = tf.tidy(() => tf.fill(bias.shape, Number.NaN));
    const reason = await trainer.run({
      ...NO_HOOKS,
      report: (event) => event.kind === "step" && event.step === 4 && bias.assign(broken),
    });
    broken.dispose();
    assert.equal(reason, "diverged");
    assert.equal(trainer.divergence?.step, 5);
    assert.ok(Number.isNaN(trainer.divergence.loss));
    assert.ok(trainer.divergence.learningRate > 0);
    dispose();
  }));

Deno.test("encodeCheckpoint() saves no number that is not finite", () =>
  withBackend("cpu", async () => {
    const { trainer, classifier, dispose } = await tinyTrainer();
    const bias = classifier.parameters.get("head.bias");
    const broken = tf.tidy(() => tf.fill(bias.shape, Infinity));
    bias.assign(broken);
    broken.dispose();
    const card = {
      ...{ model: TINY_MODEL, classNames: ["a", "b", "c"], image: { height: 8, width: 8 } },
      standardization: { mean: [0, 0, 0], deviation: [1, 1, 1] },
      ...{ trainFingerprint: "x", backend: "x" },
    } as const;
    await assert.rejects(
      encodeCheckpoint(trainer, card),
      (error) =>
        error instanceof DivergenceError && /"head\.bias" holds numbers/.test(error.message),
    );
    dispose();
  }));
