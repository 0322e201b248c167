import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { convolutionsOf } from "../../../lib/architectures/layer.ts";
import { resnetArchitecture } from "../../../lib/architectures/resnet.ts";
import { createClassifier } from "../../../lib/models/create_classifier.ts";
import { withBackend } from "../../helpers/backends.ts";
import { normalizeBatch } from "../../helpers/forward.ts";
import { normalTensor, take } from "../../helpers/tensors.ts";
import { TINY_MODEL } from "../../helpers/tiny_training.ts";
import type { ModelConfig } from "../../../lib/models/model_config.ts";

/** Root mean squares of what the convolutions of a model make of random images. */
async function signalsOf(changes: Partial<ModelConfig>): Promise<number[]> {
  const classifier = createClassifier({ ...TINY_MODEL, ...changes }, { classes: 10, seed: 1 });
  const images = normalTensor<tf.Tensor4D>([4, 16, 16, 3], "images");
  const sizes: tf.Tensor[] = [];
  const maps = (values: tf.Tensor4D) => {
    sizes.push(tf.keep(tf.sqrt(tf.mean(tf.square(values)))));
    return values;
  };
  tf.tidy(() => {
    classifier.forward(images, classifier.levels.list[0]!, {
      normalize: normalizeBatch,
      drop: { maps, vectors: (values) => values },
    });
  });
  const values = await Promise.all(sizes.map(async (size) => (await take(size))[0]!));
  images.dispose();
  classifier.dispose();
  return values;
}

for (const maxChannels of [32, 64]) {
  Deno.test(`createClassifier() starts puppet-alexnet with maps of one size, C = ${maxChannels}`, () =>
    withBackend("wasm", async () => {
      // Its layers have up to 384 channels: equal ones, with equal weights, where the state has fewer.
      const signals = await signalsOf({ name: "puppet-alexnet", maxChannels });
      assert.ok(signals.every((signal) => signal > 0.3 && signal < 15), signals.join());
    }));
}

for (const name of ["resnet", "puppet-resnet"] as const) {
  Deno.test(`createClassifier() starts ${name} with shortcuts of the size of the norms beside them`, () =>
    withBackend("wasm", async () => {
      const sizes = await signalsOf({ name, maxChannels: 128 });
      const names = convolutionsOf(resnetArchitecture(10)).map((layer) => layer.name);
      assert.equal(sizes.length, names.length);
      for (const [index, layer] of names.entries()) {
        if (!layer.endsWith(".shortcut")) continue;
        // The norm beside it gives maps of size 1; with He's initial values a shortcut had 1.7 to 2.6.
        const size = sizes[index]!;
        assert.ok(size > 0.4 && size < 1.4, `${layer}: ${size}`);
      }
    }));
}
