import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { encode } from "fast-png";
import { DataError, UsageError } from "../../../lib/errors.ts";
import { loadTrained } from "../../../lib/runs/load_trained.ts";
import { loadModel } from "../../../lib/runs/load_model.ts";
import { runDepthAnalysis } from "../../../lib/runs/run_depth_analysis.ts";
import { runEvaluation } from "../../../lib/runs/run_evaluation.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { withBackend } from "../../helpers/backends.ts";
import { normalValues } from "../../helpers/tensors.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import type { RgbImage } from "../../../lib/complexity/complexity_measure.ts";
import type { Prediction } from "../../../lib/runs/run_types.ts";
import type { Picture } from "../../../lib/runs/picture.ts";

const SIDE = 32;

function noisyImage(noise: number, name: string): RgbImage {
  const pixels = Uint8Array.from(
    normalValues(SIDE * SIDE * 3, name),
    (value) => Math.min(Math.max(128 + noise * value, 0), 255),
  );
  return { pixels, height: SIDE, width: SIDE };
}

async function trainTiny(
  runDirectory: string,
  model: Parameters<typeof tinyRunConfig>[0] = {},
): Promise<string> {
  const config = tinyRunConfig({
    data: { images: 40, testImages: 10 },
    training: { epochs: 1, stepsPerEpoch: 2 },
    ...model,
  });
  await runTraining(config, { runDirectory, resume: false, provenance: TEST_PROVENANCE });
  return runDirectory;
}

Deno.test("a model without trajectories refuses to give every image its own, and keeps no tensor", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const config = tinyRunConfig();
      const model = { ...config.model, name: "fixed-cnn" as const };
      const run = await trainTiny(join(folder, "run"), { model });
      const before = tf.memory().numTensors;
      await assert.rejects(
        loadModel(run, { exact: true }),
        (error) =>
          error instanceof UsageError && /fixed-cnn generates no kernels/.test(error.message),
      );
      const options = { runDirectory: run, checkpoint: "auto", part: "test", exact: true } as const;
      await assert.rejects(runEvaluation({ ...options, batchSize: 8 }), UsageError);
      const examples = { perPlace: 0, thumbnails: false };
      await assert.rejects(
        runDepthAnalysis({ ...options, batchSize: 8, fixedLevels: false, examples }),
        UsageError,
      );
      assert.equal(tf.memory().numTensors, before);
    })));

Deno.test("Model.classify() answers paths, URLs, pixels and streams alike, and keeps no tensor", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const run = await trainTiny(join(folder, "run"));
      const images = [0, 20, 60, 90].map((noise) => noisyImage(noise, `noise ${noise}`));
      const files = await Promise.all(images.map(async ({ pixels, height, width }, index) => {
        const file = join(folder, `${index}.png`);
        await Deno.writeFile(file, encode({ width, height, data: pixels, channels: 3, depth: 8 }));
        return file;
      }));
      const before = tf.memory().numTensors;
      {
        using model = await loadModel({ runDirectory: run });
        const fromPixels = await model.classify(images);
        const answers = fromPixels.map(({ file: _, ...answer }) => answer);
        assert.deepEqual(fromPixels.map(({ file }) => file), [
          "image 1",
          "image 2",
          "image 3",
          "image 4",
        ]);
        assert.deepEqual(fromPixels.map(({ classes }) => classes.length), [5, 5, 5, 5]);
        assert.equal(fromPixels[0]!.depth, 6);
        assert.equal(fromPixels[3]!.depth, 12);
        const live = tf.memory().numTensors;
        const mixed: Picture[] = [files[0]!, pathToFileURL(files[1]!), images[2]!, files[3]!];
        const fromFiles = await model.classify(mixed);
        assert.deepEqual(fromFiles.map(({ file }) => file), [
          ...[files[0], files[1], "image 3", files[3]],
        ]);
        assert.deepEqual(fromFiles.map(({ file: _, ...answer }) => answer), answers);
        const stream = (async function* () {
          for (const picture of mixed) yield await Promise.resolve(picture);
        })();
        const streamed = await Array.fromAsync(model.classify(stream, { groupSize: 3 }));
        assert.deepEqual(
          streamed.map(({ classes, depth }) => [classes[0]!.className, depth]),
          answers.map(({ classes, depth }) => [classes[0]!.className, depth]),
        );
        const { file: _, ...single } = await model.classify(images[1]!);
        assert.equal(single.classes[0]!.className, answers[1]!.classes[0]!.className);
        assert.deepEqual(await model.classify([]), []);
        assert.equal(tf.memory().numTensors, live, "classifying again keeps nothing");
      }
      await new Promise((resolve) => setTimeout(resolve));
      assert.equal(tf.memory().numTensors, before, "the model is freed");
    })));

Deno.test("Model.classify() takes the content of image files, as an upload has it", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const root = new URL("../../fixtures/images/", import.meta.url);
      const names = ["rgb.png", "rgb.jpg"];
      const contents = await Promise.all(names.map((name) => Deno.readFile(new URL(name, root))));
      using model = await loadModel(await trainTiny(join(folder, "run")));
      const expected = await model.classify(names.map((name) => new URL(name, root)));
      const pictures: Picture[] = contents.flatMap((content, index) => [
        ...[content, Buffer.from(content), new Blob([content])],
        new File([content], names[index]!, { type: "application/octet-stream" }),
      ]);
      const answers = await model.classify(pictures);
      assert.deepEqual(answers.map(({ file }) => file), [
        ...["image 1", "image 2", "image 3", "rgb.png", "image 5", "image 6", "image 7", "rgb.jpg"],
      ]);
      const isSame = (answer: Prediction, other: Prediction) =>
        assert.deepEqual({ ...answer, file: "" }, { ...other, file: "" });
      answers.forEach((answer, index) => isSame(answer, expected[Math.floor(index / 4)]!));
      isSame(await model.classify(new Blob([contents[0]!])), expected[0]!);
      const refused: [content: Picture, message: RegExp][] = [
        [new Uint8Array(0), /image 1.*an empty file/],
        [new TextEncoder().encode("GIF89a is another"), /image 1.*in the format GIF/],
        [new File(["no picture"], "a.png"), /a\.png.*neither PNG nor JPEG nor WebP/],
        [contents[0]!.subarray(0, 60), /image 1/],
      ];
      for (const [content, message] of refused) {
        await assert.rejects(
          model.classify(content),
          (error) => error instanceof DataError && message.test(error.message),
        );
      }
      // Not read into memory to be refused.
      const long = new Blob([contents[0]!]);
      Object.defineProperty(long, "size", { value: 1e9 });
      await assert.rejects(model.classify(long), /image 1: it must have at most 512000000 bytes/);
    })));

Deno.test("Model.classify() names what it cannot read", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      using model = await loadModel(await trainTiny(join(folder, "run")));
      await assert.rejects(
        model.classify(join(folder, "none.png")),
        (error) => error instanceof DataError && /none\.png/.test(error.message),
      );
      await assert.rejects(
        model.classify([noisyImage(1, "a"), { pixels: new Uint8Array(5), height: 2, width: 2 }]),
        /Cannot classify image 2: pixels must hold 2 x 2 x 3 = 12 values, current length is 5/,
      );
      // Of 0..1, as other programs have them: it would be classified as nearly black.
      const scaled = { pixels: new Float32Array(12).fill(0.5), height: 2, width: 2 };
      await assert.rejects(
        model.classify(scaled as unknown as RgbImage),
        /Cannot classify image 1: pixels must be bytes of 0\.\.255 in a Uint8Array, current value is Float32Array/,
      );
      const empty = { pixels: new Uint8Array(0), height: 0, width: 0 };
      await assert.rejects(model.classify(empty), /height must be a positive integer/);
      await assert.rejects(
        model.classify(new URL("http://localhost/a.png")),
        /^TypeError: Cannot classify: image 1 must be a path or a URL of a file on this machine/,
      );
      await assert.rejects(
        model.classify([noisyImage(1, "a"), ""]),
        /^RangeError: Cannot classify: image 2 must not be empty/,
      );
      for (const nothing of [{}, new ArrayBuffer(3), new Uint8ClampedArray(3)]) {
        await assert.rejects(
          model.classify(nothing as unknown as string),
          /^TypeError: Cannot classify image 1: it must be a path, a URL, the content of an image/,
        );
      }
      for (const nothing of [undefined, null, 7]) {
        await assert.rejects(
          model.classify(nothing as unknown as string),
          /^TypeError: Cannot classify image 1: it must be a path, a URL, the content/,
        );
        await assert.rejects(
          loadModel(nothing as unknown as string),
          /^TypeError: Cannot load a model: the first argument must be the folder of a run/,
        );
      }
    })));

Deno.test("Model and loadModel() refuse arguments that would be answered with something else", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const run = await trainTiny(join(folder, "run"));
      await assert.rejects(
        loadModel(run, { checkpoint: "bset" as "best" }),
        (error) => error instanceof UsageError && /auto, best, last.*"bset"/.test(error.message),
      );
      const model = await loadModel(run);
      const picture = noisyImage(1, "a");
      for (const value of [0, 1.5, NaN]) {
        await assert.rejects(
          model.classify(picture, { topK: value }),
          /topK must be a whole number/,
        );
        await assert.rejects(model.classify([picture], { groupSize: value }), /groupSize must be/);
      }
      const misspelt = { top: 1 } as Record<string, number>;
      await assert.rejects(
        model.classify(picture, misspelt),
        /unknown key top; known keys: topK, groupSize/,
      );
      await assert.rejects(loadModel(run, misspelt), /unknown key top; known keys: checkpoint,/);
      const kinds = [{ topK: "2" }, { topK: null }, { groupSize: true }, 5, null, "x"];
      for (const options of kinds) {
        await assert.rejects(
          model.classify(picture, options as unknown as Record<string, never>),
          /^TypeError: Cannot use the options of classify: /,
        );
      }
      const wrong = [{ checkpoint: 5 }, { exact: "yes" }, { onWarning: "x" }, { onProgress: {} }];
      for (const options of [...wrong, 5, null, "x"]) {
        await assert.rejects(
          loadModel(run, options as unknown as Record<string, never>),
          /^TypeError: Cannot use the options of loadModel: /,
        );
      }
      await assert.rejects(loadModel(""), /^RangeError: .*must not be empty/);
      await assert.rejects(
        loadModel(new URL("http://localhost/run")),
        /^TypeError: .*this machine/,
      );
      const underWay = model.classify([picture, picture]);
      model[Symbol.dispose]();
      const gone = /Cannot use the model: it was disposed of/;
      await assert.rejects(underWay, gone);
      // Between two passes, when its kernels are there.
      const used = await loadModel(run, {
        onProgress: (_, __, work) => work === "classifying images" && used[Symbol.dispose](),
      });
      await assert.rejects(used.classify(Array<RgbImage>(200).fill(picture)), gone);
      await assert.rejects(model.classify(picture), gone);
      await assert.rejects(model.trajectory(12), gone);
      assert.throws(() => model.parameters, gone);
      await assert.rejects(model.classify([]), gone);
    })));

Deno.test("Model.classify() tries again what has failed once", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      let fails = true;
      using model = await loadModel(await trainTiny(join(folder, "run")), {
        onProgress: () => {
          if (fails) throw new Error("no memory");
        },
      });
      const live = tf.memory().numTensors;
      await assert.rejects(model.classify(noisyImage(1, "a")), /no memory/);
      assert.equal(tf.memory().numTensors, live);
      fails = false;
      assert.equal((await model.classify(noisyImage(1, "a"))).classes.length, 5);
      model[Symbol.dispose]();
      assert.equal(tf.memory().numTensors, 0, "freed at once");
    })));

Deno.test("Model shows trajectory and kernels, and says where there are none", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      {
        using model = await loadModel(await trainTiny(join(folder, "run")));
        const states = await model.trajectory(12.5);
        assert.equal(states.length, 11);
        assert.ok(states.every(({ shape }) => shape.join() === "1,16,9,16"));
        assert.notDeepEqual(states[0]!.values, states[10]!.values);
        const kernels = await model.kernels(12.5);
        assert.equal(kernels.size, 10);
        for (const { shape, values } of kernels.values()) {
          assert.equal(shape.reduce((product, side) => product * side, 1), values.length);
        }
        assert.equal((await model.trajectory(3)).length, 7);
        await assert.rejects(model.kernels(-1), RangeError);
        await assert.rejects(model.trajectory("12" as unknown as number), TypeError);
        // In exact mode the complexity itself decides, not that of its level.
        using exact = await loadModel(join(folder, "run"), { exact: true });
        const [low, high] = [await exact.trajectory(12), await exact.trajectory(13)];
        assert.ok(Math.abs(high[0]!.values[0]! / low[0]!.values[0]! - 13 / 12) < 1e-6);
        const [first, other] = [await exact.kernels(12), await exact.kernels(13)];
        assert.notDeepEqual(other.get("stage1.conv1"), first.get("stage1.conv1"));
        assert.deepEqual(await exact.kernels(12.5), kernels);
        assert.deepEqual(model.parameters, { puppeteer: 496, total: model.parameters.total });
      }
      const { model: stored } = tinyRunConfig({ model: { name: "fixed-cnn" } });
      using fixed = await loadModel(await trainTiny(join(folder, "fixed"), { model: stored }));
      await assert.rejects(fixed.trajectory(12.5), UsageError);
      assert.equal((await fixed.kernels(12.5)).size, 10);
    })));

Deno.test("loadTrained() finds a run that was moved", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const [before, after] = [join(folder, "before"), join(folder, "after")];
      await trainTiny(before);
      await Deno.rename(before, after);
      const { trained, card } = await loadTrained({ runDirectory: after, checkpoint: "best" });
      assert.equal(card.classNames.length, 10);
      trained.classifier.dispose();
    })));
