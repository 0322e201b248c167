import assert from "node:assert/strict";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { ShownModel } from "../../../lib/page/show_model.ts";
import { loadRunCheckpoint } from "../../../lib/runs/load_run_checkpoint.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { decodeCheckpoint } from "../../../lib/training/decode_checkpoint.ts";
import { withBackend } from "../../helpers/backends.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import type { PageData } from "../../../lib/page/page_data.ts";

/** A Puppet-ResNet after two steps, as a page gets it. */
async function shownResnet(folder: string): Promise<PageData> {
  const config = tinyRunConfig({
    data: { images: 20 },
    model: { name: "puppet-resnet" },
    training: { epochs: 1, batchSize: 8, statisticsImages: 4 },
  });
  const runDirectory = join(folder, "run");
  await runTraining(config, { runDirectory, resume: false, provenance: TEST_PROVENANCE });
  const { files, path } = await loadRunCheckpoint(runDirectory, { checkpoint: "last" });
  return {
    card: { ...decodeCheckpoint(files, path).card, model: config.model },
    files: Object.fromEntries([...files].map(([name, bytes]) => [name, bytes.toBase64()])),
    ...{ seed: config.training.seed, resizeTo: 32, histogram: null, version: "test" },
  };
}

Deno.test("ShownModel shows the maps of the layers whose kernels are generated, and leaves no tensor", () =>
  withFolder((folder) =>
    withBackend("wasm", async () => {
      const model = new ShownModel(await shownResnet(folder));
      const options = {
        onStart: () => {},
        onLayer: () => {},
        signal: new AbortController().signal,
      };
      const { views } = await model.generate(0, options);
      const live = tf.memory().numTensors;
      const { maps, classes } = await model.classify(new Uint8Array(32 * 32 * 3), 0);
      assert.equal(tf.memory().numTensors, live, "no tensor is left");
      assert.equal(classes.length, 10);
      // The stem's two kernels are stored: its maps are none of these.
      assert.deepEqual(views.map(({ name }) => name).filter((name) => /stem/.test(name)), []);
      const sides = views.map(({ name }) => 32 / 2 ** Number(/^stage(\d)/.exec(name)![1]));
      assert.deepEqual(maps.map(({ side }) => side), sides);
    })
  ));
