import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointError, UsageError } from "../../../lib/errors.ts";
import { openRunEvents } from "../../../lib/runs/run_events.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { readMetricsLog } from "../../../lib/training/metrics_log.ts";
import { withBackend } from "../../helpers/backends.ts";
import { readEventFile } from "../../helpers/read_event_file.ts";
import { tinyImagesConfig } from "../../helpers/tiny_report.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";

Deno.test("runTraining() continues the events of an interrupted run without a gap or a repetition", async () => {
  await withBackend("wasm", async () => {
    const folder = await Deno.makeTempDir();
    const runDirectory = join(folder, "run");
    const tensorboard = join(runDirectory, "tensorboard");
    try {
      const config = await tinyImagesConfig(join(folder, "images"));
      const { training, model } = config;
      const longer = {
        ...config,
        // A step for every image: events within the epoch, of which every tenth is kept.
        training: { ...training, batchSize: 1 },
        model: { ...model, depthAdaptation: false, parameterAdaptation: false, fixedDepth: 4 },
      };
      const options = { runDirectory, provenance: TEST_PROVENANCE };
      const controller = new AbortController();
      await runTraining(longer, {
        ...options,
        resume: false,
        tensorboard,
        signal: controller.signal,
        report: (event) => event.kind === "step" && event.step === 17 && controller.abort(),
      });
      // The folder is found again without being named.
      await runTraining(longer, { ...options, resume: true });
      const files = [...Deno.readDirSync(tensorboard)];
      assert.equal(files.length, 1);
      const { scalars } = readEventFile(Deno.readFileSync(join(tensorboard, files[0]!.name)));
      const records = await readMetricsLog(runDirectory);
      const read = (tag: string) =>
        scalars.filter((scalar) => scalar.tag === tag).map(({ step, value }) => [step, value]);
      assert.equal(records.length, 2);
      assert.deepEqual(
        read("train/loss"),
        records.map(({ step, trainLoss }) => [step, Math.fround(trainLoss)]),
      );
      assert.deepEqual(
        read("validation/top1"),
        records.map(({ step, validationTop1 }) => [step, Math.fround(validationTop1!)]),
      );
      assert.deepEqual(read("step/learning_rate").map(([step]) => step), [10, 20]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});

/** Runs a test with two run folders and a folder for events of both. */
async function withRuns(
  test: (folders: { first: string; second: string; shared: string }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const [first, second] = [join(folder, "first"), join(folder, "second")];
  try {
    for (const run of [first, second]) await Deno.mkdir(run);
    await test({ first, second, shared: join(folder, "shared") });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const START = { step: 0, epoch: 0 };

Deno.test("openRunEvents() of a run that goes on does not cut off the events of another run", () =>
  withRuns(async ({ first, second, shared: tensorboard }) => {
    const options = { runDirectory: first, tensorboard };
    const log = await openRunEvents(START, { ...options, resume: false });
    const before = Deno.readFileSync(log!.path);
    // The second run has events of its own elsewhere, and so an id.
    const elsewhere = { runDirectory: second, tensorboard: join(second, "elsewhere") };
    await openRunEvents(START, { ...elsewhere, resume: true });
    await assert.rejects(
      openRunEvents(START, { runDirectory: second, tensorboard, resume: true }),
      (error) => error instanceof UsageError && /belongs to another training/.test(error.message),
    );
    assert.deepEqual(Deno.readFileSync(log!.path), before);
    // The run's own file is found by a run folder that was moved.
    await Deno.rename(first, `${first}-moved`);
    const moved = { runDirectory: `${first}-moved`, tensorboard, resume: true };
    assert.equal((await openRunEvents(START, moved))!.path, log!.path);
  }));

Deno.test("openRunEvents() does not take another run's events in its own folder for its own", () =>
  withRuns(async ({ first, second }) => {
    const tensorboard = join(second, "tensorboard");
    const log = await openRunEvents(START, { runDirectory: first, tensorboard, resume: false });
    const size = Deno.statSync(log!.path).size;
    await assert.rejects(
      openRunEvents(START, { runDirectory: second, resume: true }),
      UsageError,
    );
    assert.equal(Deno.statSync(log!.path).size, size);
  }));

Deno.test("openRunEvents() continues the file in the run's own folder, as runs have it that are older than ids", () =>
  withRuns(async ({ first }) => {
    const tensorboard = join(first, "tensorboard");
    await Deno.mkdir(tensorboard);
    const path = join(tensorboard, "events.out.tfevents.1700000000.puppet-cnn");
    await Deno.writeFile(path, new Uint8Array());
    for (const named of [{}, { tensorboard }, { tensorboard: `${first}/./tensorboard/` }]) {
      const log = await openRunEvents(START, { runDirectory: first, resume: true, ...named });
      assert.equal(log!.path, path);
    }
  }));

Deno.test("runTraining() leaves no run folder, or an old one as it was, when the folder for events is refused", () =>
  withBackend("wasm", () =>
    withRuns(async ({ first, second, shared: tensorboard }) => {
      await openRunEvents(START, { runDirectory: first, tensorboard, resume: false });
      const options = { runDirectory: second, provenance: TEST_PROVENANCE };
      const config = tinyRunConfig({ training: { epochs: 1 } });
      await Deno.remove(second);
      const file = `${first}/notes.txt`;
      await Deno.writeTextFile(file, "a file");
      for (
        const [folder, expected] of [[tensorboard, UsageError], [file, CheckpointError]] as const
      ) {
        await assert.rejects(
          runTraining(config, { ...options, resume: false, tensorboard: folder }),
          expected,
        );
        await assert.rejects(Deno.stat(second), Deno.errors.NotFound);
      }
      // The corrected command.
      const own = join(second, "tensorboard");
      await runTraining(config, { ...options, resume: false, tensorboard: own });
      assert.equal([...Deno.readDirSync(own)].length, 1);
      const before = await Deno.readTextFile(join(second, "provenance.json"));
      await assert.rejects(
        runTraining(config, { ...options, resume: true, tensorboard }),
        UsageError,
      );
      assert.equal(await Deno.readTextFile(join(second, "provenance.json")), before);
    })));
