import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { decodeCheckpoint } from "../../../lib/training/decode_checkpoint.ts";
import { encodeCheckpoint, restoreTrainer } from "../../../lib/training/training_checkpoint.ts";
import { testBackends, withBackend } from "../../helpers/backends.ts";
import { failInForward } from "../../helpers/failing_forward.ts";
import { NO_HOOKS, TINY_CARD, tinyTrainer } from "../../helpers/tiny_training.ts";
import type { Trainer } from "../../../lib/training/trainer.ts";
import type { SaveSchedule } from "../../../lib/training/save_schedule.ts";
import type { EpochRecord } from "../../../lib/training/training_event.ts";

/** Everything that makes two trainings equal; wall times are not part of it. */
async function stateOf(trainer: Trainer) {
  const { seconds: _seconds, ...sums } = trainer.progress.sums;
  return {
    parameters: await trainer.classifier.parameters.read(),
    optimizer: await trainer.optimizer.read(),
    progress: { ...trainer.progress, sums },
    statistics: trainer.statistics,
  };
}

/** Interrupts before the given step. */
function stopAfter(steps: number): { signal: AbortSignal; report: () => void } {
  const controller = new AbortController();
  let made = 0;
  return {
    signal: controller.signal,
    report: () => {
      made += 1;
      if (made >= steps) controller.abort();
    },
  };
}

/** Trains for so many steps, is interrupted, and gives the checkpoint that was saved then. */
async function savedAfter(steps: number, trainer: Trainer): Promise<Map<string, Uint8Array>> {
  const files: Map<string, Uint8Array>[] = [];
  const stop = stopAfter(steps);
  const reason = await trainer.run({
    ...NO_HOOKS,
    save: async () => void files.push(await encodeCheckpoint(trainer, TINY_CARD)),
    report: (event) => event.kind === "step" && stop.report(),
    signal: stop.signal,
  });
  assert.equal(reason, "interrupted");
  return files.at(-1)!;
}

Deno.test("Trainer follows its schedule by epochs, so that a run with more images than before comes to its end", () =>
  withBackend("cpu", async () => {
    const { trainer, dispose } = await tinyTrainer({ images: 32, training: { epochs: 3 } });
    // Two epochs of a single step each, before images were added.
    trainer.progress = { ...trainer.progress, step: 2, epoch: 2 };
    const rates: number[] = [];
    const steps: [number, number][] = [];
    await trainer.run({
      ...NO_HOOKS,
      report: (event) => {
        if (event.kind !== "step") return;
        rates.push(event.learningRate);
        steps.push([event.step, event.totalSteps]);
      },
    });
    assert.equal(rates.length, trainer.stepsPerEpoch);
    assert.ok(rates.length > 1 && rates[0]! < 2e-3, `${rates}`);
    assert.ok(Math.abs(rates.at(-1)! - 1e-5) < 1e-12, `${rates}`);
    assert.deepEqual(steps.at(-1), [2 + rates.length, 2 + rates.length]);
    dispose();
  }));

for (const backend of await testBackends()) {
  Deno.test(`Trainer learns: the loss falls and validation beats chance (${backend})`, () =>
    withBackend(backend, async () => {
      const { trainer, dispose } = await tinyTrainer({
        images: 96,
        model: { maxChannels: 16 },
        training: { epochs: 4, learningRate: 3e-2 },
      });
      const records: EpochRecord[] = [];
      const reason = await trainer.run({
        ...NO_HOOKS,
        log: (record) => Promise.resolve(void records.push(record)),
      });
      assert.equal(reason, "finished");
      assert.deepEqual(records.map(({ epoch }) => epoch), [1, 2, 3, 4]);
      assert.ok(records.at(-1)!.trainLoss < 0.5 * records[0]!.trainLoss);
      assert.ok(trainer.progress.best!.validationTop1 > 0.6);
      dispose();
    }));

  Deno.test(`Trainer repeats a run bit for bit (${backend})`, () =>
    withBackend(backend, async () => {
      const states = [];
      for (let trial = 0; trial < 2; trial++) {
        const { trainer, dispose } = await tinyTrainer({ training: { flip: true, crop: 1 } });
        await trainer.run(NO_HOOKS);
        states.push(await stateOf(trainer));
        dispose();
      }
      assert.deepEqual(states[0], states[1]);
    }));

  Deno.test(`Trainer resumed within an epoch ends bit for bit like one that was not interrupted (${backend})`, () =>
    withBackend(backend, async () => {
      const changes = {
        training: {
          ...{ epochs: 3, clipNorm: 1, weightDecay: 0.01, flip: true },
          ...{ dropout: 0.5, featureMixing: 0.5 },
        },
      };
      const straight = await tinyTrainer(changes);
      await straight.trainer.run(NO_HOOKS);
      const first = await tinyTrainer(changes);
      const saved = await savedAfter(9, first.trainer);
      assert.equal(first.trainer.progress.step, 9);
      assert.equal(first.trainer.progress.sums.steps, 3, "within the second epoch of six steps");
      const second = await tinyTrainer(changes);
      restoreTrainer(second.trainer, decodeCheckpoint(saved, "test"));
      assert.equal(await second.trainer.run(NO_HOOKS), "finished");
      assert.deepEqual(await stateOf(second.trainer), await stateOf(straight.trainer));
      for (const { dispose } of [straight, first, second]) dispose();
    }));

  Deno.test(`Trainer keeps the number of live tensors over 200 steps and validations (${backend})`, () =>
    withBackend(backend, async () => {
      const changes = {
        training: { epochs: 34, validateEvery: 10, levelSharing: 1 },
      };
      const { trainer, dispose } = await tinyTrainer(changes);
      const live = new Set<number>();
      await trainer.run({
        ...NO_HOOKS,
        report: (event) => event.kind === "step" && live.add(tf.memory().numTensors),
      });
      assert.equal(trainer.progress.step, 204);
      assert.equal(live.size, 1, `live tensors: ${[...live]}`);
      dispose();
    }));

  Deno.test(`Trainer trains and evaluates in exact mode, one trajectory per image (${backend})`, () =>
    withBackend(backend, async () => {
      const training = { epochs: 4, levelSharing: 0, learningRate: 3e-2 } as const;
      const { trainer, dispose } = await tinyTrainer({
        ...{ model: { exact: true }, training, images: 24 },
      });
      const live = tf.memory().numTensors;
      const losses: number[] = [];
      const log = ({ trainLoss }: EpochRecord) => Promise.resolve(void losses.push(trainLoss));
      assert.equal(await trainer.run({ ...NO_HOOKS, log }), "finished");
      assert.ok(losses.at(-1)! < 0.85 * Math.log(3), `losses ${losses}`);
      assert.ok(trainer.progress.best!.validationTop1 > 0.4);
      assert.equal(tf.memory().numTensors, live);
      dispose();
    }));
}

Deno.test("Trainer lets timers and signals in between steps (wasm)", () =>
  withBackend("wasm", async () => {
    const { trainer, dispose } = await tinyTrainer({ training: { epochs: 50 } });
    const controller = new AbortController();
    // Set by the event loop, not by a callback of the training: it has to get its turn.
    const timer = setTimeout(() => controller.abort(), 0);
    assert.equal(await trainer.run({ ...NO_HOOKS, signal: controller.signal }), "interrupted");
    assert.ok(trainer.progress.step <= 2, `${trainer.progress.step} steps after the signal`);
    clearTimeout(timer);
    dispose();
  }));

Deno.test("Trainer stops before an update that is not finite", () =>
  withBackend("cpu", async () => {
    const { trainer, classifier, dispose } = await tinyTrainer();
    const bias = classifier.parameters.get("head.bias");
    const broken = tf.tidy(() => tf.fill(bias.shape, Number.NaN));
    let saved = 0;
    const reason = await trainer.run({
      ...NO_HOOKS,
      save: () => Promise.resolve(void saved++),
      report: (event) => event.kind === "step" && event.step === 4 && bias.assign(broken),
    });
    broken.dispose();
    assert.equal(reason, "diverged");
    assert.equal(trainer.progress.step, 4);
    assert.equal(saved, 1, "nothing is saved over the last good state");
    dispose();
  }));

Deno.test("Trainer stops early when validation does not get better", () =>
  withBackend("cpu", async () => {
    // A rate this small leaves the predictions as they are.
    const changes = {
      training: { epochs: 20, patience: 2, learningRate: 1e-12, minLearningRate: 1e-13 },
    };
    const { trainer, dispose } = await tinyTrainer(changes);
    assert.equal(await trainer.run(NO_HOOKS), "early-stop");
    assert.equal(trainer.progress.epoch, 3);
    assert.equal(trainer.progress.best!.epoch, 1);
    assert.equal(await trainer.run(NO_HOOKS), "early-stop");
    assert.equal(trainer.progress.epoch, 3, "resumed by the same rule, it stays where it is");
    const longer = await tinyTrainer({ training: { ...changes.training, epochs: 30 } });
    longer.trainer.progress = trainer.progress;
    assert.equal(await longer.trainer.run(NO_HOOKS), "early-stop");
    assert.equal(trainer.progress.epoch, 5, "with more epochs it has its patience again");
    assert.equal(await longer.trainer.run(NO_HOOKS), "early-stop");
    assert.equal(trainer.progress.epoch, 5);
    for (const one of [longer, { dispose }]) one.dispose();
  }));

Deno.test("Trainer says that it diverged where the loss is far beyond that of guessing", () =>
  withBackend("cpu", async () => {
    const { trainer, classifier, dispose } = await tinyTrainer();
    const weights = classifier.parameters.get("head.weights");
    const huge = tf.tidy(() => tf.mul(weights, 1e6));
    weights.assign(huge);
    huge.dispose();
    let saved = 0;
    const save = () => Promise.resolve(void saved++);
    assert.equal(await trainer.run({ ...NO_HOOKS, save }), "diverged");
    assert.equal(trainer.divergence?.reason, "loss-exploded");
    assert.ok(trainer.divergence.loss > 100 * Math.log(3));
    assert.equal(trainer.divergence.step, 6, "at the end of the first epoch");
    assert.equal(saved, 1, "nothing is saved over the last good state");
    dispose();
  }));

Deno.test("Trainer ends as diverged where validation meets answers that are not finite", () =>
  withBackend("cpu", async () => {
    const { trainer, classifier, dispose } = await tinyTrainer();
    const weights = classifier.parameters.get("head.weights");
    const huge = tf.tidy(() => tf.fill(weights.shape, 3e38));
    const live = tf.memory().numTensors;
    const reason = await trainer.run({
      ...NO_HOOKS,
      // After the epoch's last step: losses and gradients were finite.
      report: (event) => event.kind === "step" && event.step === 6 && weights.assign(huge),
    });
    assert.equal(reason, "diverged");
    assert.equal(trainer.divergence?.reason, "network-not-finite");
    assert.equal(trainer.divergence.step, 6);
    assert.ok(Number.isFinite(trainer.divergence.loss));
    assert.equal(tf.memory().numTensors, live);
    huge.dispose();
    dispose();
  }));

Deno.test("Trainer ends as diverged too where the last step was made before it was resumed", () =>
  withBackend("cpu", async () => {
    const first = await tinyTrainer();
    const saved = await savedAfter(6, first.trainer);
    const { trainer, classifier, dispose } = await tinyTrainer();
    restoreTrainer(trainer, decodeCheckpoint(saved, "test"));
    const weights = classifier.parameters.get("head.weights");
    tf.tidy(() => weights.assign(tf.fill(weights.shape, 3e38)));
    trainer.statistics = null;
    const { loss, images } = trainer.progress.sums;
    assert.equal(await trainer.run(NO_HOOKS), "diverged");
    assert.equal(trainer.divergence?.reason, "network-not-finite");
    assert.equal(trainer.divergence.step, 6);
    assert.equal(trainer.divergence.loss, loss / images);
    first.dispose();
    dispose();
  }));

Deno.test("Trainer saves and ends when its time is up, after one step at least, and goes on", () =>
  withBackend("cpu", async () => {
    const { trainer, dispose } = await tinyTrainer();
    const saved: number[] = [];
    const save = () => Promise.resolve(void saved.push(trainer.progress.step));
    assert.equal(await trainer.run({ ...NO_HOOKS, save, deadline: 0 }), "time-limit");
    assert.equal(await trainer.run({ ...NO_HOOKS, save, deadline: 0 }), "time-limit");
    assert.deepEqual(saved, [0, 1, 2]);
    assert.equal(await trainer.run({ ...NO_HOOKS, save }), "finished");
    assert.deepEqual(saved, [0, 1, 2, 6, 12]);
    dispose();
  }));

Deno.test("Trainer comes to its end in steps, where the time is never enough for more than one", () =>
  withBackend("cpu", async () => {
    const { trainer, dispose } = await tinyTrainer();
    const reasons: string[] = [];
    let stepSeconds = 0;
    const seconds: number[] = [];
    const log = ({ seconds: inAll }: EpochRecord) => Promise.resolve(void seconds.push(inAll));
    while (reasons.length < 20 && reasons.at(-1) !== "finished") {
      reasons.push(await trainer.run({ ...NO_HOOKS, deadline: 0, log }));
      stepSeconds = Math.max(stepSeconds, trainer.progress.sums.seconds);
    }
    // An epoch takes as long as all its steps, wherever it was stopped.
    assert.ok(
      Math.max(...seconds) >= stepSeconds,
      `${seconds} s of epochs, ${stepSeconds} of steps`,
    );
    // Six steps of each epoch, and the end of each.
    assert.deepEqual(reasons, [...Array<string>(13).fill("time-limit"), "finished"]);
    dispose();
  }));

Deno.test("Trainer saves as its schedule says, and best and last state in any case", () =>
  withBackend("cpu", async () => {
    const savedBy = async (saveEvery: SaveSchedule) => {
      const training = { epochs: 5, validateEvery: 2, learningRate: 1e-12, minLearningRate: 1e-13 };
      const { trainer, dispose } = await tinyTrainer({ training });
      const saved: string[] = [];
      const save = ({ isBest }: { isBest: boolean }) =>
        Promise.resolve(void saved.push(`${trainer.progress.step}${isBest ? " best" : ""}`));
      assert.equal(await trainer.run({ ...NO_HOOKS, save, saveEvery }), "finished");
      dispose();
      return saved;
    };
    assert.deepEqual(await savedBy({ epochs: 3 }), ["0", "12 best", "18", "30"]);
    assert.deepEqual(
      (await savedBy({ seconds: 0 })).slice(0, 4),
      ["0", "1", "2", "3"],
      "a step takes longer than no time",
    );
  }));

Deno.test("Trainer fits from a seeded initial state what it cannot from a constant one (wasm)", () =>
  withBackend("wasm", async () => {
    const lowestLoss = async (initialState: "seeded" | "constant") => {
      const { trainer, dispose } = await tinyTrainer({
        images: 96,
        model: { initialState, maxChannels: 32 },
        training: { epochs: 6, learningRate: 1e-2 },
      });
      let lowest = Infinity;
      await trainer.run({
        ...NO_HOOKS,
        log: (record) => Promise.resolve(void (lowest = Math.min(lowest, record.trainLoss))),
      });
      dispose();
      return lowest;
    };
    const [seeded, constant] = [await lowestLoss("seeded"), await lowestLoss("constant")];
    assert.ok(seeded < 0.4 * constant, `seeded ${seeded}, constant ${constant}`);
  }));

Deno.test("Trainer leaves a frozen puppeteer as it is, and trains the rest", () =>
  withBackend("cpu", async () => {
    const { trainer, dispose } = await tinyTrainer({
      model: { initialState: "learned" },
      training: { freeze: "puppeteer", epochs: 1 },
    });
    const before = await trainer.classifier.parameters.read();
    await trainer.run({ save: async () => {}, log: async () => {} });
    const after = await trainer.classifier.parameters.read();
    for (const [name, { values }] of after) {
      const isSame = values.every((value, at) => value === before.get(name)!.values[at]);
      assert.equal(isSame, name.startsWith("puppeteer.") || name === "initial-state", name);
    }
    dispose();
  }));

Deno.test("Trainer leaves no tensor behind where a step fails", () =>
  withBackend("cpu", async () => {
    const { trainer, classifier, dispose } = await tinyTrainer();
    const live = tf.memory().numTensors;
    failInForward(classifier);
    await assert.rejects(trainer.run(NO_HOOKS), /out of memory/);
    assert.equal(tf.memory().numTensors, live);
    dispose();
  }));

Deno.test("Trainer counts the wait for images in its throughput (wasm)", () =>
  withBackend("wasm", async () => {
    const { trainer, data, dispose } = await tinyTrainer({ training: { epochs: 1 } });
    const { read } = data.train;
    Object.assign(data.train, {
      read: async (indices: ArrayLike<number>) => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        return await read(indices);
      },
    });
    const records: EpochRecord[] = [];
    const log = (record: EpochRecord) => Promise.resolve(void records.push(record));
    await trainer.run({ ...NO_HOOKS, log });
    // Batches of 8 images, none of which comes in less than 0.3 s.
    assert.ok(records[0]!.imagesPerSecond < 8 / 0.29, `${records[0]!.imagesPerSecond}`);
    dispose();
  }));
