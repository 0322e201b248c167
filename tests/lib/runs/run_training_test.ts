import assert from "node:assert/strict";
import { join } from "node:path";
import { existsSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { loadCheckpoint } from "../../../lib/checkpoints/load_checkpoint.ts";
import { CheckpointError, DataError, UsageError } from "../../../lib/errors.ts";
import { readRunConfig } from "../../../lib/runs/run_config_file.ts";
import { runEvaluation } from "../../../lib/runs/run_evaluation.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { readMetricsLog } from "../../../lib/training/metrics_log.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import type { ExperimentConfig } from "../../../lib/configuration/experiment_config.ts";
import type { RunTrainingOptions } from "../../../lib/runs/run_types.ts";

const EVALUATION = { checkpoint: "last", part: "test", batchSize: 32, exact: false } as const;

function train(
  config: ExperimentConfig,
  runDirectory: string,
  changes: Partial<RunTrainingOptions> = {},
) {
  const options = { runDirectory, resume: false, provenance: TEST_PROVENANCE, ...changes };
  return runTraining(config, options);
}

/** Trains and interrupts after a number of steps. */
function trainAndInterrupt(config: ExperimentConfig, runDirectory: string, steps: number) {
  const controller = new AbortController();
  return train(config, runDirectory, {
    signal: controller.signal,
    report: (event) => event.kind === "step" && event.step === steps && controller.abort(),
  });
}

/** Files of the last checkpoint that must not depend on an interruption. */
async function lastTensors(runDirectory: string) {
  const { files, step } = await loadCheckpoint(join(runDirectory, "checkpoints"), "last");
  const tensors = [...files].filter(([name]) => name.endsWith(".safetensors"));
  return { step, tensors: new Map(tensors) };
}

for (const backend of (await testBackends()).filter((name) => name !== "cpu")) {
  Deno.test(`runTraining() resumed after an interruption equals the uninterrupted run, bit for bit (${backend})`, () =>
    withBackend(backend, () =>
      withFolder(async (folder) => {
        const config = tinyRunConfig({ training: { flip: true, crop: 2 } });
        const [straight, broken] = [join(folder, "straight"), join(folder, "broken")];
        await train(config, straight);
        const first = await trainAndInterrupt(config, broken, 8);
        assert.equal(first.stopReason, "interrupted");
        assert.equal(first.steps, 8, "within the second epoch of six steps");
        const second = await train(config, broken, { resume: true });
        assert.equal(second.stopReason, "finished");
        assert.deepEqual(await lastTensors(broken), await lastTensors(straight));
        const untimed = (await readMetricsLog(broken)).map((record) => record.trainLoss);
        assert.deepEqual(
          untimed,
          (await readMetricsLog(straight)).map((record) => record.trainLoss),
        );
      })));

  Deno.test(`runTraining() leaves no tensor behind (${backend})`, () =>
    withBackend(backend, () =>
      withFolder(async (folder) => {
        const live = tf.memory().numTensors;
        await train(tinyRunConfig({ training: { epochs: 1 } }), join(folder, "run"));
        assert.equal(tf.memory().numTensors, live);
      })));
}

Deno.test("runTraining() extends a finished run when it is resumed with more epochs", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const run = join(folder, "run");
      await train(tinyRunConfig({ training: { epochs: 1 } }), run);
      const pointer = (name: string) => Deno.readTextFile(join(run, "checkpoints", name));
      const begun = await pointer("last");
      const longer = tinyRunConfig({ training: { epochs: 3 } });
      const { epochs } = await train(longer, run, { resume: true, timeLimit: 100 });
      assert.equal(epochs, 3);
      // A damaged last checkpoint costs one epoch, not all that were trained since.
      const [previous, last] = [await pointer("previous"), await pointer("last")];
      assert.equal(new Set([begun, previous, last]).size, 3);
      assert.deepEqual((await readMetricsLog(run)).map(({ epoch }) => epoch), [1, 2, 3]);
      assert.equal((await readRunConfig(run)).training.epochs, 3);
      const provenance = JSON.parse(await Deno.readTextFile(join(run, "provenance.json")));
      assert.equal(provenance.length, 2, "both commands are on record");
    })));

Deno.test("runTraining() calls a checkpoint the best where a validation says so, and no other", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const best = join(folder, "run", "checkpoints", "best");
      const seen: [isBest: boolean, isNamed: boolean][] = [];
      await train(tinyRunConfig(), join(folder, "run"), {
        report: (event) => {
          if (event.kind !== "checkpoint") return;
          const name = existsSync(best) ? Deno.readTextFileSync(best).trim() : null;
          seen.push([event.isBest, name === event.folder]);
        },
      });
      assert.deepEqual(seen.slice(0, 2), [[false, false], [true, true]], "before the first step");
      assert.ok(seen.every(([isBest, isNamed]) => isBest === isNamed), JSON.stringify(seen));
    })));

Deno.test("runTraining() never writes into a folder that holds something", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      await Deno.writeTextFile(join(folder, "notes.txt"), "mine");
      await assert.rejects(
        train(tinyRunConfig(), folder),
        (error) => error instanceof CheckpointError && /holds notes\.txt/.test(error.message),
      );
      assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["notes.txt"]);
    })));

Deno.test("runTraining() makes no folder when the images are missing", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const config = tinyRunConfig({ data: { dataset: "cifar10", directory: folder } });
      const run = join(folder, "run");
      await assert.rejects(
        train(config, run),
        (error) => error instanceof DataError && /fetch-data cifar10/.test(error.message),
      );
      assert.equal(existsSync(run), false);
    })));

Deno.test("runTraining() refuses to compute in other numbers than the configuration says", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const config = { ...tinyRunConfig(), backend: "auto", math: "bfloat16" } as const;
      const run = join(folder, "run");
      await assert.rejects(
        train(config, run),
        (error) =>
          error instanceof UsageError &&
          /says math bfloat16, the backend computes in float32/.test(error.message),
      );
      assert.equal(existsSync(run), false);
    })));

Deno.test("runTraining() refuses to resume with other images", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const run = join(folder, "run");
      await train(tinyRunConfig({ training: { epochs: 1 } }), run);
      const other = tinyRunConfig({ data: { images: 100 } });
      await assert.rejects(
        train(other, run, { resume: true }),
        (error) => error instanceof CheckpointError && /fingerprint/.test(error.message),
      );
    })));

Deno.test("runTraining() refuses to resume below the epochs that are done", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const run = join(folder, "run");
      await train(tinyRunConfig(), run);
      await assert.rejects(
        train(tinyRunConfig({ training: { epochs: 1 } }), run, { resume: true }),
        (error) => error instanceof UsageError && /2 epochs are done/.test(error.message),
      );
      assert.equal((await readRunConfig(run)).training.epochs, 2, "the configuration stays");
      const begun = join(folder, "begun");
      // Six steps are an epoch.
      await trainAndInterrupt(tinyRunConfig(), begun, 8);
      await assert.rejects(
        train(tinyRunConfig({ training: { epochs: 1 } }), begun, { resume: true }),
        /1 epoch is done and another is begun, training\.epochs \(--epochs\) must be at least 2, current value is 1/,
      );
      const longer = await train(tinyRunConfig(), begun, { resume: true });
      assert.equal(longer.epochs, 2);
    })));

Deno.test("runTraining() starts over in a run that ended before its first checkpoint", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const run = join(folder, "run");
      const config = tinyRunConfig({ training: { epochs: 1 } });
      await train(config, run);
      const straight = await lastTensors(run);
      await Deno.remove(join(run, "checkpoints"), { recursive: true });
      for (const log of ["log.jsonl", "log.csv"]) await Deno.truncate(join(run, log));
      const { stopReason } = await train(config, run, { resume: true });
      assert.equal(stopReason, "finished");
      assert.deepEqual(await lastTensors(run), straight);
    })));

Deno.test("runTraining() does not start over in a run whose checkpoints are gone", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const run = join(folder, "run");
      const root = join(run, "checkpoints");
      const config = tinyRunConfig({ training: { epochs: 1 } });
      await train(config, run);
      const log = await Deno.readTextFile(join(run, "log.jsonl"));
      const refused = async (message: RegExp) => {
        await assert.rejects(
          train(config, run, { resume: true }),
          (error) => error instanceof CheckpointError && message.test(error.message),
        );
        assert.equal(await Deno.readTextFile(join(run, "log.jsonl")), log);
      };
      for (const { name, isDirectory } of [...Deno.readDirSync(root)]) {
        if (isDirectory) await Deno.remove(join(root, name), { recursive: true });
      }
      await refused(/no complete one is left in .*manifest\.json is missing/);
      await Deno.remove(root, { recursive: true });
      await refused(/there is none in .*; check the run folder/);
    })));

Deno.test("runTraining() keeps the checkpoint that it resumed from beside a damaged last one", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const run = join(folder, "run");
      const root = join(run, "checkpoints");
      // No image is left to validate on: no pointer `best` keeps a checkpoint.
      const config = tinyRunConfig({ data: { validationFraction: 0 } });
      await train(config, run);
      const read = (pointer: string) => Deno.readTextFileSync(join(root, pointer)).trim();
      const [damaged, good] = [read("last"), read("previous")];
      await Deno.truncate(join(root, damaged, "model.safetensors"), 10);
      const controller = new AbortController();
      await train(config, run, {
        resume: true,
        signal: controller.signal,
        report: (event) => event.kind === "step" && controller.abort(),
      });
      assert.equal(read("previous"), good);
      assert.ok(existsSync(join(root, good)));
      assert.equal(existsSync(join(root, damaged)), false);
    })));

Deno.test({
  name: "runTraining() resumes from checkpoints that are links to another disk",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withBackend("wasm", () =>
      withFolder(async (folder) => {
        const [run, disk] = [join(folder, "run"), join(folder, "disk")];
        const root = join(run, "checkpoints");
        await train(tinyRunConfig({ training: { epochs: 1 } }), run);
        await Deno.mkdir(disk);
        for (const { name, isDirectory } of [...Deno.readDirSync(root)]) {
          if (!isDirectory) continue;
          await Deno.rename(join(root, name), join(disk, name));
          await Deno.symlink(join(disk, name), join(root, name));
        }
        const stored = [...Deno.readDirSync(disk)].map(({ name }) => name).sort();
        for (const pointers of [["last"], []]) {
          // Without the pointer the newest name is taken.
          if (pointers.length === 0) await Deno.remove(join(root, "last"));
          const epochs = pointers.length === 0 ? 3 : 2;
          const longer = tinyRunConfig({ training: { epochs } });
          await train(longer, run, { resume: true });
          assert.deepEqual((await readMetricsLog(run)).length, epochs);
        }
        for (const name of stored) {
          assert.ok(existsSync(join(disk, name, "manifest.json")), "what links lead to stays");
        }
      })),
});

Deno.test("runEvaluation() warns when the last checkpoint is damaged and takes the one before", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const run = join(folder, "run");
      await train(tinyRunConfig(), run);
      const { folder: last } = await loadCheckpoint(join(run, "checkpoints"), "last");
      const file = join(run, "checkpoints", last, "model.safetensors");
      const bytes = await Deno.readFile(file);
      bytes[bytes.length - 5]! ^= 1;
      await Deno.writeFile(file, bytes);
      const warnings: string[] = [];
      const { checkpoint } = await runEvaluation({
        ...EVALUATION,
        runDirectory: run,
        warn: (text) => warnings.push(text),
      });
      assert.notEqual(checkpoint, last);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]!, new RegExp(`${last}.*model\\.safetensors`));
    })));

Deno.test("runEvaluation() of a run without validation images takes the last checkpoint", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const run = join(folder, "run");
      const config = tinyRunConfig({ data: { validationFraction: 0 }, training: { epochs: 1 } });
      await train(config, run);
      const options = { ...EVALUATION, checkpoint: "auto", runDirectory: run } as const;
      assert.equal((await runEvaluation(options)).figures.images, 40);
      const { files } = await loadCheckpoint(join(run, "checkpoints"), "last");
      assert.ok(files.has("statistics.safetensors"), "no training images are needed");
    })));

Deno.test("runTraining() refuses crops and splits that the images do not allow", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const run = join(folder, "run");
      for (
        const [changes, message] of [
          [{ training: { crop: 32 } }, /training\.crop must be below their side of 32 pixels/],
          [{ data: { images: 1, validationFraction: 0.6 } }, /leaves none to train on/],
          [{ data: { images: 2 }, training: { patience: 2 } }, /leaves none to validate on/],
        ] as const
      ) {
        await assert.rejects(
          train(tinyRunConfig(changes), run),
          (error) => error instanceof UsageError && message.test(error.message),
        );
      }
      assert.equal(existsSync(run), false);
    })));

Deno.test("runEvaluation() computes the statistics of a checkpoint that was saved within an epoch", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const run = join(folder, "run");
      await trainAndInterrupt(tinyRunConfig(), run, 3);
      const { figures } = await runEvaluation({ ...EVALUATION, runDirectory: run });
      assert.equal(figures.images, 40);
      assert.ok(Number.isFinite(figures.loss));
      assert.equal(figures.levels.reduce((sum, level) => sum + level.images, 0), 40);
    })));

Deno.test("runEvaluation() in exact mode gives every image its own trajectory", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const run = join(folder, "run");
      const config = tinyRunConfig({ training: { epochs: 1 }, data: { testImages: 12 } });
      await train(config, run);
      const banked = await runEvaluation({ ...EVALUATION, runDirectory: run });
      const exact = await runEvaluation({ ...EVALUATION, runDirectory: run, exact: true });
      assert.equal(exact.figures.bankSeconds, 0);
      assert.deepEqual(
        exact.figures.levels.map(({ images }) => images),
        banked.figures.levels.map(({ images }) => images),
      );
      // phi(H) is the image's own instead of its level's: close, not equal.
      const difference = Math.abs(exact.figures.loss - banked.figures.loss);
      assert.ok(difference > 0 && difference < 0.2, `difference ${difference}`);
    })));

Deno.test("runEvaluation() gives the same figures on every backend", () =>
  withFolder(async (folder) => {
    const run = join(folder, "run");
    await withBackend("wasm", () => train(tinyRunConfig({ training: { epochs: 1 } }), run));
    const losses: number[] = [];
    for (const backend of await testBackends()) {
      await withBackend(backend, async () => {
        losses.push((await runEvaluation({ ...EVALUATION, runDirectory: run })).figures.loss);
      });
    }
    for (const loss of losses) assert.ok(Math.abs(loss - losses[0]!) < 1e-4, `${losses}`);
  }));
