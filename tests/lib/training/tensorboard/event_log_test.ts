import assert from "node:assert/strict";
import { join } from "node:path";
import { openEventLog } from "../../../../lib/training/tensorboard/event_log.ts";
import { readEventFile } from "../../../helpers/read_event_file.ts";
import type { EpochRecord, TrainingEvent } from "../../../../lib/training/training_event.ts";

const START = { step: 0, epoch: 0 };

async function inFolder(body: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(join(folder, "events"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function epochEvent(epoch: number, step: number, top1: number | null = 0.5): TrainingEvent {
  const record: EpochRecord = {
    epoch,
    step,
    learningRate: 1e-3,
    trainLoss: 2 / epoch,
    trainTop1: 0.25,
    validationLoss: top1,
    validationTop1: top1,
    validationTop5: top1,
    gradientNorm: 1,
    meanDepth: 9.5,
    imagesPerSecond: 100,
    seconds: 1,
    liveTensors: 10,
  };
  return { kind: "epoch", record, isBest: false };
}

function stepEvent(step: number): TrainingEvent {
  return {
    kind: "step",
    epoch: 1,
    epochs: 3,
    stepInEpoch: step,
    stepsInEpoch: 100,
    step,
    totalSteps: 300,
    loss: 1 / step,
    learningRate: 1e-3,
    imagesPerSecond: 50,
  };
}

function readScalars(path: string, tag: string) {
  return readEventFile(Deno.readFileSync(path)).scalars
    .filter((scalar) => scalar.tag === tag)
    .map(({ step, value }) => [step, value] as const);
}

Deno.test("openEventLog() writes records whose every checksum is right", async () => {
  await inFolder((folder) => {
    const log = openEventLog(folder, {
      position: START,
      now: () => 1_700_000_000_500,
    });
    log.add(stepEvent(10));
    log.add(epochEvent(1, 12));
    assert.match(log.path, /events\.out\.tfevents\.1700000000\.puppet-cnn$/);
    const { version, wallTimes, scalars } = readEventFile(Deno.readFileSync(log.path));
    assert.equal(version, "brain.Event:2");
    assert.deepEqual(wallTimes, [1_700_000_000.5, 1_700_000_000.5, 1_700_000_000.5]);
    const loss = scalars.find(({ tag }) => tag === "train/loss");
    assert.deepEqual(loss, { tag: "train/loss", step: 12, value: 2 });
    const step = scalars.find(({ tag }) => tag === "step/mean_loss_of_epoch_so_far");
    assert.deepEqual([step?.step, step?.value], [10, Math.fround(0.1)]);
  });
});

Deno.test("openEventLog() leaves out what an epoch does not have", async () => {
  await inFolder((folder) => {
    const log = openEventLog(folder, { position: START });
    log.add(epochEvent(1, 12, null));
    const tags = readEventFile(Deno.readFileSync(log.path)).scalars.map(({ tag }) => tag);
    assert.ok(tags.includes("train/top1"));
    assert.ok(!tags.some((tag) => tag.startsWith("validation/")));
  });
});

Deno.test("openEventLog() writes steps that are multiples of `every`", async () => {
  await inFolder((folder) => {
    const log = openEventLog(folder, { position: START, every: 3 });
    for (let step = 1; step <= 7; step++) log.add(stepEvent(step));
    assert.deepEqual(readScalars(log.path, "step/learning_rate").map(([step]) => step), [3, 6]);
  });
});

Deno.test("openEventLog() cuts off what a resumed training will do again", async () => {
  await inFolder((folder) => {
    const log = openEventLog(folder, { position: START });
    for (const epoch of [1, 2, 3]) log.add(epochEvent(epoch, epoch * 12));
    const again = openEventLog(folder, { position: { step: 24, epoch: 2 } });
    assert.equal(again.path, log.path);
    again.add(epochEvent(3, 36));
    assert.deepEqual(readScalars(log.path, "train/epoch"), [[12, 1], [24, 2], [36, 3]]);
  });
});

Deno.test("openEventLog() cuts off an epoch whose checkpoint was not written, at the same step", async () => {
  await inFolder((folder) => {
    const log = openEventLog(folder, { position: START });
    log.add(epochEvent(1, 12));
    log.add(stepEvent(20));
    log.add(epochEvent(2, 24));
    const again = openEventLog(folder, { position: { step: 24, epoch: 1 } });
    again.add(epochEvent(2, 24));
    assert.deepEqual(readScalars(log.path, "train/epoch"), [[12, 1], [24, 2]]);
    assert.deepEqual(readScalars(log.path, "step/learning_rate").map(([step]) => step), [20]);
  });
});

Deno.test("openEventLog() drops a record that a crash cut, wherever it was cut", async () => {
  await inFolder((folder) => {
    const log = openEventLog(folder, { position: START });
    log.add(epochEvent(1, 12));
    const whole = Deno.statSync(log.path).size;
    log.add(epochEvent(2, 24));
    const bytes = Deno.readFileSync(log.path);
    for (let size = whole; size < bytes.length; size += 7) {
      Deno.writeFileSync(log.path, bytes.subarray(0, size));
      const again = openEventLog(folder, { position: { step: 24, epoch: 2 } });
      assert.equal(Deno.statSync(again.path).size, whole);
    }
  });
});

Deno.test("openEventLog() keeps nothing after a damaged record", async () => {
  await inFolder((folder) => {
    const log = openEventLog(folder, { position: START });
    log.add(epochEvent(1, 12));
    const kept = Deno.statSync(log.path).size;
    log.add(epochEvent(2, 24));
    log.add(epochEvent(3, 36));
    const bytes = Deno.readFileSync(log.path);
    bytes[kept + 30]! ^= 1;
    Deno.writeFileSync(log.path, bytes);
    openEventLog(folder, { position: { step: 36, epoch: 3 } });
    assert.equal(Deno.statSync(log.path).size, kept);
  });
});

Deno.test("openEventLog() leaves other files of the folder alone", async () => {
  await inFolder((folder) => {
    Deno.mkdirSync(folder);
    const other = join(folder, "events.out.tfevents.1700000000.host.1.0.v2");
    Deno.writeTextFileSync(other, "another program's");
    const log = openEventLog(folder, { position: START });
    assert.notEqual(log.path, other);
    assert.equal(Deno.readTextFileSync(other), "another program's");
  });
});

Deno.test("openEventLog() writes every figure under its own name", async () => {
  await inFolder((folder) => {
    const log = openEventLog(folder, { position: START, every: 1 });
    const { record, ...event } = epochEvent(3, 36) as TrainingEvent & { kind: "epoch" };
    const figures = {
      ...{ learningRate: 0.5, trainLoss: 2, trainTop1: 0.25, validationLoss: 3 },
      ...{ validationTop1: 0.375, validationTop5: 0.75, gradientNorm: 7, meanDepth: 9.5 },
      imagesPerSecond: 100,
    };
    log.add({ ...event, record: { ...record, ...figures } });
    log.add({ ...stepEvent(4), learningRate: 0.125 } as TrainingEvent);
    const { scalars } = readEventFile(Deno.readFileSync(log.path));
    assert.deepEqual(Object.fromEntries(scalars.map(({ tag, value }) => [tag, value])), {
      "train/epoch": 3,
      "train/loss": 2,
      "train/top1": 0.25,
      "train/learning_rate": 0.5,
      "train/gradient_norm": 7,
      "train/images_per_second": 100,
      "train/mean_depth": 9.5,
      "validation/loss": 3,
      "validation/top1": 0.375,
      "validation/top5": 0.75,
      "step/mean_loss_of_epoch_so_far": 0.25,
      "step/learning_rate": 0.125,
      "step/images_per_second": 50,
    });
  });
});
