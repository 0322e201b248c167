import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointError } from "../../../lib/errors.ts";
import { planTraining } from "../../../lib/runs/plan_training.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { withBackend } from "../../helpers/backends.ts";
import { TEST_PROVENANCE, tinyPictureConfig, tinyRunConfig } from "../../helpers/tiny_run.ts";
import { writeImages } from "../datasets/helpers/image_files.ts";
import { withFolder } from "../../helpers/with_folder.ts";

Deno.test("runTraining() compares no accuracies on other validation images, where they have a folder of their own", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const images = ["train/a", "train/b", "val/a", "val/b"]
        .flatMap((place) => [0, 1, 2].map((index) => `images/${place}/${index}.png`));
      await writeImages(folder, images);
      const config = tinyPictureConfig(join(folder, "images"), { epochs: 1 });
      const options = { runDirectory: join(folder, "run"), provenance: TEST_PROVENANCE };
      await runTraining(config, { ...options, resume: false });
      await Deno.remove(join(folder, "images/val/a/0.png"));
      const longer = { ...config, training: { ...config.training, epochs: 2 } };
      await assert.rejects(
        runTraining(longer, { ...options, resume: true }),
        (error: unknown) =>
          error instanceof CheckpointError &&
          /validation images have fingerprint/.test(error.message),
      );
      const { best } = await runTraining(longer, {
        ...options,
        resume: true,
        allowChangedImages: true,
      });
      assert.equal(best?.epoch, 2);
    })));

Deno.test("runTraining() has its full patience again on other images", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const images = ["train/a", "train/b", "val/a", "val/b"]
        .flatMap((place) => [0, 1, 2].map((index) => `images/${place}/${index}.png`));
      await writeImages(folder, images);
      const patience = { epochs: 9, patience: 1, minDelta: 0.99 };
      const config = tinyPictureConfig(join(folder, "images"), patience);
      const options = { runDirectory: join(folder, "run"), provenance: TEST_PROVENANCE };
      const stopped = await runTraining(config, { ...options, resume: false });
      assert.deepEqual([stopped.stopReason, stopped.epochs], ["early-stop", 2]);
      await Deno.remove(join(folder, "images/val/a/0.png"));
      const again = await runTraining(config, {
        ...options,
        ...{ resume: true, allowChangedImages: true },
      });
      assert.deepEqual([again.stopReason, again.epochs], ["early-stop", 4]);
    })));

Deno.test("runTraining() does not go on with other classes, whatever is allowed, nor does the plan of it", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const write = (name: string, classes: readonly string[]) =>
        writeImages(
          folder,
          classes.flatMap((place) => [0, 1, 2, 3].map((at) => `${name}/${place}/${at}.png`)),
        );
      await write("begun", ["a", "b"]);
      await write("other", ["b", "c"]);
      await write("more", ["a", "b", "c"]);
      const configOf = (name: string, epochs: number) =>
        tinyPictureConfig(join(folder, name), { epochs, batchSize: 4 });
      const options = { runDirectory: join(folder, "run"), provenance: TEST_PROVENANCE };
      await runTraining(configOf("begun", 1), { ...options, resume: false });
      const resumed = { ...options, allowChangedImages: true };
      for (const [name, classes] of [["other", "b, c"], ["more", "a, b, c"]] as const) {
        const config = configOf(name, 2);
        for (
          const start of [
            () => runTraining(config, { ...resumed, resume: true }),
            () => planTraining(config, undefined, { resumed }),
          ]
        ) {
          await assert.rejects(
            start(),
            (error: unknown) =>
              error instanceof CheckpointError &&
              error.message.includes(`the run knows a, b, the images have ${classes}; begin a new`),
          );
        }
      }
    })));

Deno.test("runTraining() goes on with WASM on any number of threads, without a word", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const on = (backend: string) => ({
        ...TEST_PROVENANCE,
        versions: { ...TEST_PROVENANCE.versions, backend },
      });
      const runDirectory = join(folder, "run");
      const train = (epochs: number, backend: string, warnings: string[] = []) =>
        runTraining(tinyRunConfig({ training: { epochs } }), {
          ...{ runDirectory, resume: epochs > 1, provenance: on(backend) },
          report: (event) => {
            if (event.kind === "warning") warnings.push(event.text);
          },
        });
      await train(1, "WebAssembly with SIMD, CPU, 1 thread");
      const warnings: string[] = [];
      await train(2, "WebAssembly with SIMD, CPU, 16 threads", warnings);
      assert.deepEqual(warnings, []);
      await assert.rejects(train(3, "WebAssembly without SIMD, CPU, 1 thread"), /another backend/);
    })));
