import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { encode } from "fast-png";
import { evaluate } from "../../../lib/api/evaluate.ts";
import { openDataset } from "../../../lib/api/open_dataset.ts";
import { train } from "../../../lib/api/train.ts";
import { selectBackend } from "../../../lib/backends/select_backend.ts";
import { loadModel } from "../../../lib/runs/load_model.ts";
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
        await assert.rejects(
          evaluate(model, renamed),
          /the images have disc.*, which the model does not know; its classes are disc/,
        );
      }
      const lying = [
        [
          { read: () => Promise.resolve(new Uint8Array(3)) },
          /read\(\) must give \d+ bytes for \d+ images, it gave 3/,
        ],
        [{ length: 7 }, /must have a label for each of its 7 images/],
        [{ labels: test.labels.map(() => 10) }, /a number of one of its 10 classes/],
      ] as const;
      for (const [part, message] of lying) {
        await assert.rejects(
          evaluate(model, { ...test, ...part }),
          (error) => error instanceof RangeError && message.test(error.message),
        );
      }
      const last = { ...test, classNames: test.classNames.toReversed() };
      const turned = { ...last, labels: test.labels.map((label) => 9 - label) };
      assert.equal((await evaluate(model, turned)).top1, all.top1, "names count, not their order");
      const onProgress = (done: number) => done > 0 && model[Symbol.dispose]();
      await assert.rejects(evaluate(model, "test", { batchSize: 1, onProgress }), /disposed of/);
    })));

Deno.test("evaluate() refuses what is no model, no images and no data", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      await selectBackend("wasm");
      const run = await train({
        run: join(folder, "run"),
        data: { dataset: "synthetic", directory: "none", images: 40, testImages: 20 },
        model: { maxChannels: 16 },
        training: { epochs: 1, batchSize: 16, statisticsImages: 16 },
      });
      using model = await loadModel(pathToFileURL(run.runDirectory));
      for (const nothing of ["r1", undefined, null, run]) {
        await assert.rejects(
          evaluate(nothing as unknown as typeof model),
          /^TypeError: Cannot evaluate: the first argument must be a model/,
        );
      }
      for (
        const nothing of [null, 5, [], {}, { classNames: [], read: 5 }, new URL("file:///pictures")]
      ) {
        await assert.rejects(
          evaluate(model, nothing as unknown as "test"),
          /^TypeError: Cannot evaluate: the images must be a dataset or one of test,/,
        );
      }
      for (const data of [null, 5, [], new Map(), new URL("http://localhost/pictures")]) {
        await assert.rejects(
          evaluate(model, "test", { data: data as unknown as string }),
          /^TypeError: .*data must be/,
        );
      }
      for (const options of [null, 5, "x", { batchSize: "5" }, { onProgress: "x" }]) {
        await assert.rejects(
          evaluate(model, "test", options as unknown as Record<string, never>),
          /^TypeError: Cannot use the options of an evaluation: /,
        );
      }
    })));

Deno.test("evaluate() takes a text or URL of data for a folder of pictures, as train() does", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      await selectBackend("wasm");
      const classes = ["bright", "dark"];
      const pictures = async (root: string, parts: readonly string[], count: number) => {
        for (const [index, part] of parts.entries()) {
          const inside = join(folder, root, part);
          await Deno.mkdir(inside, { recursive: true });
          for (let image = 0; image < count; image++) {
            const data = new Uint8Array(12 * 12 * 3).fill(40 + 150 * (index % 2) + image);
            const file = encode({ width: 12, height: 12, data, channels: 3, depth: 8 });
            await Deno.writeFile(join(inside, `${image}.png`), file);
          }
        }
      };
      await pictures("own", classes, 10);
      await pictures("other/train", classes, 2);
      await pictures("other/test", classes, 3);
      using model = await loadModel(
        await train({
          run: join(folder, "run"),
          data: {
            ...{ dataset: "folder", directory: join(folder, "own") },
            ...{ imageSize: 16, resizeTo: 20, testImages: 1 },
          },
          model: { maxChannels: 8 },
          training: { epochs: 1, batchSize: 8, statisticsImages: 8 },
        }),
      );
      const other = join(folder, "other");
      assert.equal((await evaluate(model, "test", { data: other })).images, 6);
      assert.equal((await evaluate(model, "test", { data: pathToFileURL(other) })).images, 6);
      const directory = pathToFileURL(other);
      assert.equal((await evaluate(model, "test", { data: { directory } })).images, 1);
    })));
