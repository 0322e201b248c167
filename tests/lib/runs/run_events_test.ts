import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { CheckpointError } from "../../../lib/errors.ts";
import { openRunEvents } from "../../../lib/runs/run_events.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { readMetricsLog } from "../../../lib/training/metrics_log.ts";
import { withBackend } from "../../helpers/backends.ts";
import { readEventFile } from "../../helpers/read_event_file.ts";
import { tinyImagesConfig } from "../../helpers/tiny_report.ts";
import { TEST_PROVENANCE } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";

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
        tensorboard: true,
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

const START = { step: 0, epoch: 0 };

Deno.test("openRunEvents() makes no folder unless events are wanted or were before", () =>
  withFolder(async (runDirectory) => {
    const tensorboard = join(runDirectory, "tensorboard");
    for (const resume of [false, true]) {
      assert.equal(await openRunEvents(START, { runDirectory, resume }), null);
      await assert.rejects(Deno.stat(tensorboard), Deno.errors.NotFound);
    }
    const log = await openRunEvents(START, { runDirectory, resume: false, tensorboard: true });
    assert.equal(dirname(log!.path), tensorboard);
    const again = await openRunEvents(START, { runDirectory, resume: true });
    assert.equal(again!.path, log!.path);
  }));

Deno.test("openRunEvents() says which folder cannot be made", () =>
  withFolder(async (runDirectory) => {
    await Deno.writeTextFile(join(runDirectory, "tensorboard"), "a file");
    await assert.rejects(
      openRunEvents(START, { runDirectory, resume: false, tensorboard: true }),
      (error) => error instanceof CheckpointError && /tensorboard failed/.test(error.message),
    );
  }));
