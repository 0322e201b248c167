import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { encode } from "fast-png";
import { train } from "../../../lib/api/train.ts";
import { currentBackend } from "../../../lib/backends/current_backend.ts";
import { selectBackend } from "../../../lib/backends/select_backend.ts";
import { defaultConfig } from "../../../lib/configuration/experiment_config.ts";
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
    await assert.rejects(
      train(TINY, { timeLimit }),
      /timeLimit must be a number of seconds above 0/,
    );
  }
  await assert.rejects(train(TINY, { saveEvery: { epochs: 0 } }), /saveEvery: epochs must be/);
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

Deno.test("train() refuses settings and options of another type, before anything is written", () =>
  withFolder(async (folder) => {
    const run = join(folder, "run");
    const map = new Map([["maxChannels", 8]]);
    const settings: Record<string, unknown[]> = {
      data: [5, null, [], map, true, new URL("http://localhost/pictures")],
      model: [5, null, [], map, ["puppet-cnn"]],
      training: [5, null, "fast", map],
      preset: [5, null],
      backend: [5, null],
      math: [5, null],
      weights: [5, null, {}, new URL("http://localhost/model")],
      run: [5, null, {}, new URL("http://localhost/run")],
      resume: [5, null, {}, new URL("http://localhost/run")],
    };
    for (const [name, values] of Object.entries(settings)) {
      for (const value of values) {
        const whole = name === "resume" ? { resume: value } : { ...TINY, run, [name]: value };
        await assert.rejects(
          train(whole as unknown as NewTraining),
          (error) => error instanceof TypeError && error.message.includes(`${name} must be`),
          `${name}: ${Deno.inspect(value)}`,
        );
      }
    }
    const options: Record<string, unknown[]> = {
      onEvent: ["x", {}, null],
      signal: ["x", {}, null, new AbortController()],
      timeLimit: ["2h", null, true],
      saveEvery: [2, 0, -1, null, "epoch", map, { epochs: "2" }, { seconds: null }],
      tensorboard: ["yes", 1, null],
    };
    for (const [name, values] of Object.entries(options)) {
      for (const value of values) {
        await assert.rejects(
          train({ ...TINY, run }, { [name]: value } as Record<string, never>),
          (error) => error instanceof TypeError && error.message.includes(name),
          `${name}: ${Deno.inspect(value)}`,
        );
      }
    }
    for (const nothing of [5, null, "x", [], map]) {
      await assert.rejects(train(nothing as unknown as NewTraining), /^TypeError: .*the settings/);
      await assert.rejects(
        train({ ...TINY, run }, nothing as unknown as Record<string, never>),
        /^TypeError: Cannot use the options of a training: it must be an object with keys/,
      );
    }
    await assert.rejects(train({ ...TINY, run: "" }), /^RangeError: .*run must not be empty/);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  }));

Deno.test("train() takes undefined for the default, and URLs where it takes paths", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      await selectBackend("wasm");
      const directory = join(folder, "pictures");
      for (const name of ["dark", "bright"]) {
        await Deno.mkdir(join(directory, name), { recursive: true });
        const data = new Uint8Array(8 * 8 * 3).fill(name === "dark" ? 20 : 230);
        for (let index = 0; index < 8; index++) {
          data[index] = 99;
          const file = encode({ width: 8, height: 8, data, channels: 3, depth: 8 });
          await Deno.writeFile(join(directory, name, `${index}.png`), file);
        }
      }
      const none = undefined as unknown as number;
      const small = { epochs: 1, batchSize: 4, statisticsImages: 4, learningRate: none };
      const { runDirectory } = await train(
        {
          data: pathToFileURL(directory),
          ...{ model: { maxChannels: 8, kernelSize: none }, training: small },
          run: pathToFileURL(join(folder, "run")),
        },
        { timeLimit: none },
      );
      assert.equal(runDirectory, join(folder, "run"));
      const { data, model, training } = await readRunConfig(runDirectory);
      assert.deepEqual([data.dataset, data.directory, data.images], ["folder", directory, null]);
      assert.deepEqual([model.maxChannels, model.kernelSize], [8, 3]);
      assert.equal(training.learningRate, defaultConfig().training.learningRate);
      const tuned = await train({
        data: { dataset: "folder", directory: pathToFileURL(directory) },
        ...{ weights: pathToFileURL(runDirectory), training: small, run: join(folder, "tuned") },
      });
      assert.equal((await readRunConfig(tuned.runDirectory)).data.directory, directory);
      const longer = { resume: pathToFileURL(runDirectory), training: { epochs: 2 } };
      assert.equal((await train(longer)).epochs, 2);
    })));

Deno.test("train() saves within an epoch, writes for TensorBoard and ends in time where it is asked to", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      await selectBackend("wasm");
      const run = join(folder, "run");
      const kinds: TrainingEvent["kind"][] = [];
      const data = { ...TINY.data as object, imageSize: 16 };
      const model = { maxChannels: 8, minSteps: 4, maxSteps: 5 };
      await train({ ...TINY, data, model, run }, {
        ...{ saveEvery: { seconds: 1e-3 }, tensorboard: true },
        onEvent: ({ kind }) => kinds.push(kind),
      });
      const within = kinds.slice(kinds.indexOf("step"), kinds.indexOf("epoch"));
      assert.ok(within.includes("checkpoint"), `${kinds}`);
      assert.equal([...Deno.readDirSync(join(run, "tensorboard"))].length, 1);
      const limit = { timeLimit: 1e-3 };
      const { stopReason } = await train({ resume: run, training: { epochs: 2 } }, limit);
      assert.equal(stopReason, "time-limit");
    })));
