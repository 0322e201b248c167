import assert from "node:assert/strict";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { evaluate } from "../../../lib/api/evaluate.ts";
import { openDataset } from "../../../lib/api/open_dataset.ts";
import { train } from "../../../lib/api/train.ts";
import { selectBackend } from "../../../lib/backends/select_backend.ts";
import { loadModel } from "../../../lib/runs/model.ts";
import { withBackend } from "../../helpers/backends.ts";
import { withFolder } from "../../helpers/with_folder.ts";

Deno.test("evaluate() takes a part of the run's data, or any dataset that fits the model", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      await selectBackend("wasm");
      using model = await loadModel(
        await train({
          run: join(folder, "run"),
          data: { dataset: "synthetic", directory: "none", images: 40, testImages: 20 },
          model: { maxChannels: 16 },
          training: { epochs: 1, batchSize: 16, statisticsImages: 16 },
        }),
      );
      const own = await evaluate(model);
      assert.equal(own.images, 20);
      const live = tf.memory().numTensors;
      const timeless = ({ secondsPerImage: _, bankSeconds: __, ...figures }: typeof own) => figures;
      const again = await evaluate(model);
      assert.deepEqual(timeless(again), timeless(own));
      assert.ok(own.bankSeconds > 0, "kernels were generated with the first images");
      assert.equal(again.bankSeconds, 0);
      assert.equal(tf.memory().numTensors, live, "evaluating again keeps nothing");
      await assert.rejects(evaluate(model, "tset" as "test"), /the part must be one of test,/);
      await assert.rejects(evaluate(model, "test", { batchSize: 0 }), /batchSize must be a whole/);
      await assert.rejects(
        evaluate(model, "test", { data: { testImage: 5 } as Record<string, number> }),
        /unknown key data\.testImage; did you mean data\.testImages/,
      );
      await assert.rejects(
        evaluate(model, "test", { batchsize: 5 } as Record<string, number>),
        /unknown key batchsize; known keys: batchSize,/,
      );
      const few = await evaluate(model, "test", { data: { testImages: 5 } });
      assert.equal(few.images, 5);
      const { test } = await openDataset("synthetic", { directory: "does-not-exist" });
      const all = await evaluate(model, test);
      assert.equal(all.images, test.length);
      const small = await openDataset("synthetic", { directory: "none", imageSize: 16 });
      await assert.rejects(
        evaluate(model, small.test),
        /the model sees 32 x 32 pixels, the images have 16 x 16/,
      );
      const other = [test.classNames.map((name) => `${name}?`), [test.classNames.join()]];
      for (const classNames of other) {
        const renamed = { ...test, classNames };
        await assert.rejects(evaluate(model, renamed), /the model knows the classes/);
      }
      const onProgress = (done: number) => done > 0 && model[Symbol.dispose]();
      await assert.rejects(evaluate(model, "test", { batchSize: 1, onProgress }), /disposed of/);
    })));
