import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { convolutionsOf } from "../../../lib/architectures/layer.ts";
import { resnetArchitecture } from "../../../lib/architectures/resnet.ts";
import { createClassifier } from "../../../lib/models/create_classifier.ts";
import { withBackend } from "../../helpers/backends.ts";
import { normalizeBatch } from "../../helpers/forward.ts";
import { normalTensor, take } from "../../helpers/tensors.ts";
import { TINY_MODEL } from "../../helpers/tiny_training.ts";

for (const name of ["resnet", "puppet-resnet"] as const) {
  Deno.test(`createClassifier() starts ${name} with shortcuts of the size of the norms beside them`, () =>
    withBackend("wasm", async () => {
      const model = { ...TINY_MODEL, name, maxChannels: 128 };
      const classifier = createClassifier(model, { classes: 10, seed: 1 });
      const images = normalTensor<tf.Tensor4D>([4, 16, 16, 3], "images");
      const sizes: tf.Tensor[] = [];
      tf.tidy(() => {
        classifier.forward(images, classifier.levels.list[0]!, {
          normalize: normalizeBatch,
          drop: {
            maps: (maps) => {
              sizes.push(tf.keep(tf.sqrt(tf.mean(tf.square(maps)))));
              return maps;
            },
            vectors: (vectors) => vectors,
          },
        });
      });
      const names = convolutionsOf(resnetArchitecture(10)).map((layer) => layer.name);
      assert.equal(sizes.length, names.length);
      for (const [index, layer] of names.entries()) {
        if (!layer.endsWith(".shortcut")) continue;
        // The norm beside it gives maps of size 1; with He's initial values a shortcut had 1.7 to 2.6.
        const [size] = await take(sizes[index]!);
        assert.ok(size! > 0.4 && size! < 1.4, `${layer}: ${size}`);
      }
      tf.dispose([images, ...sizes]);
      classifier.dispose();
    }));
}
