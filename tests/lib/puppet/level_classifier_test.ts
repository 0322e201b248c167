import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { KernelBank } from "../../../lib/puppet/kernel_bank.ts";
import { lossAndGradients } from "../../../lib/training/training_step.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { largestDifference, normalTensor, take } from "../../helpers/tensors.ts";
import { NO_HOOKS, TINY_SIZE, tinyTrainer } from "../../helpers/tiny_training.ts";

const MIRRORED = { maxChannels: 16, mirrorSymmetry: true, identityShortcuts: true } as const;

for (const backend of await testBackends()) {
  for (const name of ["puppet-cnn", "fixed-cnn"] as const) {
    Deno.test(`LevelClassifier with mirror pairs answers an image and its mirror image alike: ${name} (${backend})`, () =>
      withBackend(backend, async () => {
        const { trainer, classifier, dispose } = await tinyTrainer({
          model: { name, ...MIRRORED },
        });
        await trainer.run(NO_HOOKS);
        const statistics = await trainer.computeStatistics();
        const image = { height: TINY_SIZE, width: TINY_SIZE };
        const bank = await KernelBank.create(classifier, statistics, { image });
        const images = normalTensor<tf.Tensor4D>([4, TINY_SIZE, TINY_SIZE, 3], "images");
        for (const level of bank.levels) {
          const logitsOf = async (input: tf.Tensor4D) =>
            await take((await bank.infer({ images: input, level, complexities: [] })).logits);
          const mirrored = tf.reverse(images, 2);
          const other = tf.reverse(images, 1);
          const own = await logitsOf(images);
          assert.ok(largestDifference(own, await logitsOf(mirrored)) < 1e-4, `level ${level}`);
          assert.ok(largestDifference(own, await logitsOf(other)) > 1e-3, "upside down differs");
          tf.dispose([mirrored, other]);
        }
        images.dispose();
        bank.dispose();
        dispose();
      }));
  }
}

Deno.test("LevelClassifier with mirror pairs has the gradient of its mirror image", () =>
  withBackend("cpu", async () => {
    const { classifier, dispose } = await tinyTrainer({ model: MIRRORED });
    const images = normalTensor<tf.Tensor4D>([4, TINY_SIZE, TINY_SIZE, 3], "images");
    const mirrored = tf.reverse(images, 2);
    const labels = tf.tensor1d([0, 1, 2, 0], "int32");
    const [own, other] = [images, mirrored].map((input) =>
      lossAndGradients(classifier, {
        ...{ images: input, labels, levels: classifier.levels.list[1]! },
      }, { recompute: false })
    );
    assert.ok(Math.abs((await own!.loss.data())[0]! - (await other!.loss.data())[0]!) < 1e-5);
    assert.ok(own!.gradients.size > 5);
    for (const [name, gradient] of own!.gradients) {
      const found = await other!.gradients.get(name)!.data();
      const values = await gradient.data();
      assert.ok(largestDifference(values, found) < 1e-3, name);
      assert.ok(values.some((value) => value !== 0), name);
    }
    tf.dispose([images, mirrored, labels]);
    dispose();
  }));
