import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import type { InferenceNetwork } from "../../../lib/classifiers/classifier.ts";
import { inferRouted, routeImages } from "../../../lib/evaluation/routed_images.ts";
import { withBackend } from "../../helpers/backends.ts";
import { tinyTrainer } from "../../helpers/tiny_training.ts";

const FAILURES: Readonly<Record<string, InferenceNetwork["infer"]>> = {
  "at once": () => {
    throw new TypeError("broken");
  },
  "later": () => Promise.reject(new TypeError("broken")),
};

for (const [when, infer] of Object.entries(FAILURES)) {
  Deno.test(`inferRouted() leaves no tensor behind where the network fails ${when}`, () =>
    withBackend("cpu", async () => {
      const { classifier, data, dispose } = await tinyTrainer();
      const trained = { ...data, classifier };
      const { height, width } = data.train;
      const pixels = await data.train.read(Uint32Array.of(0, 1));
      const routed = routeImages(trained, { pixels, height, width }, { level: 0 });
      const network = { infer, dispose: () => {} };
      const live = tf.memory().numTensors;
      const options = { trained, network, positions: [0, 1], level: 0 };
      await assert.rejects(inferRouted(routed, options), /broken/);
      assert.equal(tf.memory().numTensors, live);
      dispose();
    }));
}

Deno.test("inferRouted() hands over the complexity of the level that an image was sent to, else its own", () =>
  withBackend("cpu", async () => {
    const { classifier, data, dispose } = await tinyTrainer();
    const trained = { ...data, classifier };
    const { height, width } = data.train;
    const pixels = await data.train.read(Uint32Array.of(0, 1, 2));
    const seen: (readonly number[])[] = [];
    const network: InferenceNetwork = {
      infer: ({ complexities }) => {
        seen.push(complexities);
        return Promise.resolve({
          logits: tf.zeros<tf.Rank.R2>([complexities.length, 3]),
          multiplyAdds: 1,
          routes: null,
        });
      },
      dispose: () => {},
    };
    for (const level of [undefined, 2]) {
      const routed = routeImages(trained, { pixels, height, width }, { level });
      await inferRouted(routed, { trained, network, positions: [0, 2], level: 2 });
    }
    const sent = classifier.levels.list[2]!.complexity;
    const own = [data.complexities[0]!, data.complexities[2]!];
    assert.ok(own.every((complexity) => complexity !== sent));
    assert.deepEqual(seen, [own, [sent, sent]]);
    dispose();
  }));
