import assert from "node:assert/strict";
import { join } from "node:path";
import { encode } from "fast-png";
import { UsageError } from "../../../lib/errors.ts";
import type { Prediction, PredictionAnswer } from "../../../lib/runs/run_types.ts";
import { runPrediction } from "../../../lib/runs/run_prediction.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { withBackend } from "../../helpers/backends.ts";
import { normalValues } from "../../helpers/tensors.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";

/** Writes a grey or a noisy picture. */
async function writePicture(file: string, size: number, noise: number): Promise<string> {
  const data = Uint8Array.from(
    normalValues(size * size * 3, file.slice(-8)),
    (value) => Math.min(Math.max(128 + noise * value, 0), 255),
  );
  await Deno.writeFile(file, encode({ width: size, height: size, data, channels: 3, depth: 8 }));
  return file;
}

function answered(answer: PredictionAnswer): Prediction {
  if ("error" in answer) throw new Error(answer.error);
  return answer;
}

Deno.test("runPrediction() classifies files in order and gives complex images more layers", () =>
  withBackend("wasm", async () => {
    const folder = await Deno.makeTempDir({ prefix: "puppet-predict-" });
    try {
      const runDirectory = join(folder, "run");
      const config = tinyRunConfig({ training: { epochs: 1 } });
      await runTraining(config, { runDirectory, resume: false, provenance: TEST_PROVENANCE });
      const files = [
        await writePicture(join(folder, "flat.png"), 50, 0),
        await writePicture(join(folder, "wild.png"), 32, 60),
      ];
      const options = { runDirectory, checkpoint: "last", files, topK: 3, exact: false } as const;
      const [flat, wild] = (await Array.fromAsync(runPrediction(options))).map(answered);
      assert.equal(flat!.file, files[0]);
      assert.equal(flat!.complexity, 0);
      assert.equal(flat!.depth, 6);
      assert.equal(wild!.depth, 12);
      for (const { classes } of [flat!, wild!]) {
        assert.equal(classes.length, 3);
        assert.ok(classes[0]!.probability >= classes[1]!.probability);
        assert.ok(classes.every(({ probability }) => probability >= 0 && probability <= 1));
      }
      const none = join(folder, "none.png");
      const heard: string[] = [];
      const mixed = await Array.fromAsync(runPrediction({
        ...{ ...options, files: [none, files[1]!], depth: 8 },
        onModel: ({ classNames, complexityUnit }) => heard.push(...classNames, complexityUnit),
      }));
      assert.deepEqual(mixed.map(({ file }) => file), [none, files[1]]);
      assert.deepEqual(heard, [...heard.slice(0, -1), "bits"]);
      assert.ok(heard.includes(flat!.classes[0]!.className));
      assert.ok("error" in mixed[0]! && /none\.png/.test(mixed[0].error));
      // The depth is another than its own; the complexity is the image's.
      assert.deepEqual([answered(mixed[1]!).depth, answered(mixed[1]!).complexity], [
        8,
        wild!.complexity,
      ]);
      // More than the first group holds.
      const many = Array.from({ length: 130 }, () => files[0]!).with(70, none).with(100, files[1]!);
      const loaded: number[] = [];
      const answers = await Array.fromAsync(runPrediction({
        ...{ ...options, files: many },
        report: (done, total, work) =>
          void (work === "loading images" && loaded.push(done / (total || 1))),
      }));
      assert.deepEqual(answers.map(({ file }) => file), many);
      assert.ok(answers.every((answer, at) => "error" in answer === (at === 70)));
      assert.deepEqual([99, 100].map((at) => answered(answers[at]!).depth), [6, 12]);
      assert.deepEqual(loaded, loaded.toSorted((one, other) => one - other));
      assert.equal(loaded.at(-1), 1);
      await assert.rejects(
        Array.fromAsync(runPrediction({ ...options, depth: 13 })),
        (error) =>
          error instanceof UsageError && /networks of 6, 7, .* 12 layers/.test(error.message),
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }));

Deno.test("runPrediction() resizes as the training did: images that have their size keep their edges", () =>
  withBackend("wasm", async () => {
    const folder = await Deno.makeTempDir({ prefix: "puppet-predict-" });
    try {
      const files = [await writePicture(join(folder, "wild.png"), 50, 60)];
      const predictAfter = async (resizeTo: number | null) => {
        const runDirectory = join(folder, `run-${resizeTo}`);
        const config = tinyRunConfig({
          data: { resizeTo, images: 20, testImages: 10 },
          training: { epochs: 1, stepsPerEpoch: 1 },
        });
        await runTraining(config, { runDirectory, resume: false, provenance: TEST_PROVENANCE });
        return await Array.fromAsync(runPrediction({
          ...{ runDirectory, checkpoint: "last", files, topK: 3, exact: false },
        }));
      };
      assert.deepEqual(await predictAfter(64), await predictAfter(null));
      // The model keeps the size of its images, whatever --image-size and --resize-to said: 32 is above 16.
      const file = join(folder, "run-64", "config.yaml");
      const text = await Deno.readTextFile(file);
      await Deno.writeTextFile(
        file,
        text.replace("dataset: synthetic", "dataset: cifar10").replace(
          /resizeTo: 64/,
          "resizeTo: 16",
        )
          .replace(/imageSize: 32/, "imageSize: 8"),
      );
      const [image] = await Array.fromAsync(runPrediction({
        ...{ runDirectory: join(folder, "run-64"), checkpoint: "last", files, topK: 3 },
        exact: false,
      }));
      assert.equal(answered(image!).classes.length, 3);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }));
