import assert from "node:assert/strict";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { train } from "../../../lib/api/train.ts";
import { currentBackend } from "../../../lib/backends/current_backend.ts";
import { selectBackend } from "../../../lib/backends/select_backend.ts";
import { CheckpointError, UsageError } from "../../../lib/errors.ts";
import { hasBfloat16, withBackend } from "../../helpers/backends.ts";
import { readRunConfig } from "../../../lib/runs/run_config_file.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import type { NewTraining } from "../../../lib/api/train.ts";
import type { TrainingEvent } from "../../../lib/training/training_event.ts";

const TINY: NewTraining = {
  data: { dataset: "synthetic", directory: "does-not-exist", images: 40, testImages: 20 },
  model: { maxChannels: 16 },
  training: { epochs: 1, batchSize: 16, statisticsImages: 16 },
};

Deno.test("train() trains, tells of it, keeps where the run came from, and goes on", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      await selectBackend("wasm");
      const run = join(folder, "run");
      const events: TrainingEvent["kind"][] = [];
      const summary = await train({ ...TINY, run }, { onEvent: ({ kind }) => events.push(kind) });
      assert.equal(summary.runDirectory, run);
      assert.equal(summary.stopReason, "finished");
      for (const kind of ["step", "epoch", "checkpoint"] as const) assert.ok(events.includes(kind));
      const readProvenance = async () =>
        JSON.parse(await Deno.readTextFile(join(run, "provenance.json")));
      const [first] = await readProvenance();
      assert.deepEqual(first.argv, ["train", "--config", join(run, "config.yaml")]);
      assert.match(first.versions.backend, /WebAssembly|WASM/i);
      const longer = await train({ resume: run, training: { epochs: 2 } });
      assert.equal(longer.epochs, 2);
      assert.deepEqual((await readProvenance())[1].argv, ["train", "--resume", run]);
      await assert.rejects(
        train({ resume: run, training: { batchSize: 8 } }),
        /training\.batchSize: 16 in the run, 8 asked for/,
      );
    })));

Deno.test("train() begins with the weights of a run, whose model and size of images are the defaults", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      await selectBackend("wasm");
      const base = join(folder, "base");
      const small = { ...TINY.data as object, imageSize: 16 };
      await train({ ...TINY, data: small, run: base });
      const told: string[] = [];
      const begun = (run: string, rest: NewTraining) =>
        train({ weights: base, run: join(folder, run), training: TINY.training!, ...rest }, {
          onEvent: (event) => {
            if (event.kind === "phase") told.push(event.text);
          },
        });
      const { runDirectory } = await begun("tuned", { data: TINY.data! });
      const { model, data } = await readRunConfig(runDirectory);
      assert.deepEqual([model.maxChannels, data.imageSize], [16, 16]);
      assert.match(told.join("\n"), /weights: (\d+) of \1 parameters from /);
      const [{ argv }] = JSON.parse(await Deno.readTextFile(join(runDirectory, "provenance.json")));
      assert.deepEqual(argv.slice(-2), ["--weights", base]);
      // What is said wins over the model whose weights they are.
      const other = await begun("other", { data: TINY.data!, model: { identityShortcuts: true } });
      assert.equal((await readRunConfig(other.runDirectory)).model.identityShortcuts, true);
      const missing = join(folder, "none");
      await assert.rejects(
        begun("missing", { data: TINY.data!, weights: missing }),
        (error) => error instanceof CheckpointError && error.message.includes(missing),
      );
      const live = tf.memory().numTensors;
      await assert.rejects(
        begun("narrow", {
          data: { ...TINY.data as object, classes: 4 },
          ...{ weights: base, model: { maxChannels: 32 } },
        }),
        /none of its \d+ parameters fits the model/,
      );
      assert.equal(tf.memory().numTensors, live, "a model that nothing fits is freed");
      await assert.rejects(
        train({ resume: base, weights: base } as NewTraining),
        /unknown key weights/,
      );
    })));

Deno.test({
  name:
    "train() computes in the numbers of the backend that was selected, and goes on in the run's",
  ignore: !await hasBfloat16(),
  fn: () =>
    withFolder(async (folder) => {
      const run = join(folder, "run");
      await selectBackend("tensorflow", { math: "bfloat16" });
      await train({ ...TINY, run });
      assert.equal((await readRunConfig(run)).math, "bfloat16");
      await selectBackend("wasm");
      await train({ resume: run, training: { epochs: 2 } });
      assert.equal(currentBackend()!.math, "bfloat16");
      await selectBackend("tensorflow");
    }),
});

Deno.test("train() fills in what is not said, and names what is wrong", async () => {
  await assert.rejects(
    train({ training: { epochs: 0 } }),
    (error) => error instanceof UsageError && /training\.epochs must be/.test(error.message),
  );
  await assert.rejects(
    train({ preset: "vgg-ful" as "vgg-full" }),
    /did you mean "vgg-full"/,
  );
  await assert.rejects(
    train({ model: { maxChanels: 3 } as unknown as { maxChannels: number } }),
    /did you mean model\.maxChannels/,
  );
  const misplaced = { ...TINY, epochs: 1 } as NewTraining;
  await assert.rejects(
    train(misplaced),
    (error) =>
      error instanceof UsageError && /unknown key epochs; known keys: /.test(error.message),
  );
  await assert.rejects(train({ ...TINY, resume: "runs/x", run: "runs/y" }), /unknown key run/);
  await assert.rejects(train(TINY, { timelimit: 5 } as Record<string, number>), /timelimit/);
  for (const timeLimit of [0, -1, NaN]) {
    await assert.rejects(train(TINY, { timeLimit }), /timeLimit must be above 0 seconds/);
  }
  await assert.rejects(train(TINY, { saveEvery: { epochs: 0 } }), /saveEvery\.epochs must be/);
  const misspelt = { saveEvery: { epoch: 5 } as Record<string, number> };
  await assert.rejects(train(TINY, misspelt), /saveEvery: unknown key epoch; known keys: epochs,/);
  // Before the images are looked for.
  await assert.rejects(
    train({ run: "tests", data: { dataset: "cifar10", directory: "does-not-exist" } }),
    (error) => error instanceof CheckpointError && /the folder is not empty/.test(error.message),
  );
  // The paper's own images, where there are none.
  await assert.rejects(train({ preset: "vgg", data: { directory: "does-not-exist" } }), /cifar/i);
});
