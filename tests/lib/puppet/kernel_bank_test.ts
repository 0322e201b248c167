import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { workOfLayers } from "../../../lib/architectures/count_layers.ts";
import { DivergenceError } from "../../../lib/errors.ts";
import { batchNormWithMoments } from "../../../lib/layers/batch_norm.ts";
import { KernelBank } from "../../../lib/puppet/kernel_bank.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { largestDifference, normalTensor, take } from "../../helpers/tensors.ts";
import { TINY_SIZE, tinyTrainer } from "../../helpers/tiny_training.ts";

const IMAGE = { height: TINY_SIZE, width: TINY_SIZE };

for (const backend of await testBackends()) {
  Deno.test(`KernelBank gives the logits of kernels made anew, and their price once (${backend})`, () =>
    withBackend(backend, async () => {
      for (const identityShortcuts of [false, true]) {
        const { trainer, classifier, dispose } = await tinyTrainer({
          model: { identityShortcuts },
        });
        const statistics = await trainer.computeStatistics();
        const live = tf.memory().numTensors;
        const bank = await KernelBank.create(classifier, statistics, { image: IMAGE });
        assert.deepEqual(bank.levels, [0, 1, 2]);
        const images = normalTensor<tf.Tensor4D>([5, 8, 8, 3], "images");
        for (const level of classifier.levels.list) {
          const result = await bank.infer({
            images,
            level: level.index,
            complexities: new Array<number>(5).fill(level.complexity),
          });
          const { multiplyAdds } = workOfLayers(classifier.layersOf(level), IMAGE);
          assert.equal(result.multiplyAdds, 5 * multiplyAdds);
          assert.equal(result.routes, null);
          const banked = await take(result.logits);
          const anew = await take(
            tf.tidy(() =>
              classifier.forward(images, level, {
                normalize: (site, input) => {
                  const { mean, variance } = statistics.get(level.index)!.get(site.name)!;
                  const moments = { mean: tf.tensor1d(mean), variance: tf.tensor1d(variance) };
                  return batchNormWithMoments(input, moments, site);
                },
              }).logits
            ),
          );
          assert.ok(largestDifference(banked, anew) < 1e-4, `level ${level.index}`);
        }
        images.dispose();
        bank.dispose();
        assert.equal(tf.memory().numTensors, live, "no tensor is left");
        dispose();
      }
    }));
}

Deno.test("KernelBank.infer() generates a level with its first image, to the same bytes", () =>
  withBackend("cpu", async () => {
    const { trainer, classifier, dispose } = await tinyTrainer();
    const statistics = await trainer.computeStatistics();
    const live = tf.memory().numTensors;
    const images = normalTensor<tf.Tensor4D>([2, 8, 8, 3], "images");
    const batch = { images, level: 1, complexities: [9, 9] };
    const all = await KernelBank.create(classifier, statistics, { image: IMAGE });
    const expected = await take((await all.infer(batch)).logits);
    all.dispose();
    const told: number[] = [];
    const bank = await KernelBank.create(classifier, statistics, {
      ...{ image: IMAGE, levels: [] },
      report: (done, total) => told.push(done / total),
    });
    assert.deepEqual(bank.levels, []);
    // Two at once: the level is generated once.
    const found = await Promise.all([bank.infer(batch), bank.infer(batch)]);
    assert.deepEqual(bank.levels, [1]);
    assert.equal(told.filter((share) => share === 1).length, 1);
    for (const { logits } of found) assert.deepEqual(await take(logits), expected);
    images.dispose();
    bank.dispose();
    assert.equal(tf.memory().numTensors, live, "no tensor is left");
    dispose();
  }));

Deno.test("KernelBank.create() refuses statistics that do not fit before it generates anything", () =>
  withBackend("cpu", async () => {
    const { trainer, classifier, dispose } = await tinyTrainer();
    const statistics = await trainer.computeStatistics();
    const bad = [
      [new Map([...statistics, [2, new Map()]]), /"stage1\.conv1" has no statistics of level 2/],
      [new Map([...statistics, [3, statistics.get(2)!]]), /3 levels, statistics are of level 3/],
    ] as const;
    for (const [found, message] of bad) {
      await assert.rejects(
        KernelBank.create(classifier, found, { image: IMAGE, levels: [] }),
        (error) => error instanceof RangeError && message.test(error.message),
      );
    }
    dispose();
  }));

Deno.test("KernelBank.create() leaves no tensor behind where folding fails", () =>
  withBackend("cpu", async () => {
    const { trainer, classifier, dispose } = await tinyTrainer();
    const statistics = await trainer.computeStatistics();
    const live = tf.memory().numTensors;
    const { weights } = classifier;
    const norm = weights.norm.bind(weights);
    let calls = 0;
    // The first level's norms are looked up once to be checked, then to be folded.
    weights.norm = (name) => {
      calls += 1;
      if (calls > 14) throw new Error("out of memory");
      return norm(name);
    };
    const made = KernelBank.create(classifier, statistics, { image: IMAGE });
    await assert.rejects(made, /out of memory/);
    assert.equal(tf.memory().numTensors, live);
    dispose();
  }));

Deno.test("KernelBank.infer() keeps nothing of kernels that are not finite, and tries again", () =>
  withBackend("cpu", async () => {
    const { trainer, classifier, dispose } = await tinyTrainer();
    const statistics = await trainer.computeStatistics();
    const bank = await KernelBank.create(classifier, statistics, { image: IMAGE, levels: [] });
    const images = normalTensor<tf.Tensor4D>([1, 8, 8, 3], "images");
    const scale = classifier.parameters.get("puppeteer.norm2.scale");
    const [sound, broken] = tf.tidy(() => [tf.clone(scale), tf.fill(scale.shape, Infinity)]);
    scale.assign(broken!);
    const live = tf.memory().numTensors;
    const batch = { images, level: 0, complexities: [9] };
    for (let tries = 0; tries < 2; tries++) {
      await assert.rejects(bank.infer(batch), DivergenceError);
      assert.equal(tf.memory().numTensors, live);
    }
    scale.assign(sound!);
    const { logits } = await bank.infer(batch);
    tf.dispose([images, sound!, broken!, logits]);
    bank.dispose();
    dispose();
  }));

Deno.test("KernelBank.infer() names the levels it holds when asked for another", () =>
  withBackend("cpu", async () => {
    const { trainer, classifier, dispose } = await tinyTrainer();
    const statistics = await trainer.computeStatistics();
    const bank = await KernelBank.create(
      classifier,
      new Map([...statistics].slice(0, 2)),
      { image: IMAGE },
    );
    const images = normalTensor<tf.Tensor4D>([1, 8, 8, 3], "images");
    await assert.rejects(
      bank.infer({ images, level: 2, complexities: [9] }),
      /holds levels 0, 1, current value is 2/,
    );
    images.dispose();
    bank.dispose();
    dispose();
  }));

Deno.test("KernelBank.create() refuses kernels that are not finite, and says which", () =>
  withBackend("cpu", async () => {
    const { trainer, classifier, dispose } = await tinyTrainer();
    const statistics = await trainer.computeStatistics();
    const scale = classifier.parameters.get("puppeteer.norm2.scale");
    const broken = tf.tidy(() => tf.fill(scale.shape, Infinity));
    scale.assign(broken);
    broken.dispose();
    const live = tf.memory().numTensors;
    await assert.rejects(
      KernelBank.create(classifier, statistics, { image: IMAGE }),
      (error) => error instanceof DivergenceError && /kernel 1 of level 0/.test(error.message),
    );
    assert.equal(tf.memory().numTensors, live, "no tensor is left");
    dispose();
  }));
