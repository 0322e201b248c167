import assert from "node:assert/strict";
import { join } from "node:path";
import { loadCheckpoint } from "../../../lib/checkpoints/load_checkpoint.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { readMetricsLog } from "../../../lib/training/metrics_log.ts";
import { withBackend } from "../../helpers/backends.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";

/** Sets the clock that programs read to another time while something is done. */
async function withClock(time: string, work: () => Promise<void>): Promise<void> {
  const RealDate = Date;
  const offset = RealDate.parse(time) - RealDate.now();
  class OtherDate extends RealDate {
    constructor(...given: [] | [number | string | Date]) {
      super(given.length === 0 ? RealDate.now() + offset : given[0] as number);
    }
    static override now(): number {
      return RealDate.now() + offset;
    }
  }
  globalThis.Date = OtherDate as DateConstructor;
  try {
    await work();
  } finally {
    globalThis.Date = RealDate;
  }
}

Deno.test("runTraining() goes on whatever the clock says, and ends with the same bytes", () =>
  withBackend("wasm", async () => {
    const folder = await Deno.makeTempDir();
    try {
      const configOf = (epochs: number) =>
        tinyRunConfig({
          data: { images: 20, testImages: 10 },
          model: {
            ...{ depthAdaptation: false, parameterAdaptation: false, fixedDepth: 4 },
            maxChannels: 8,
          },
          training: { epochs, schedule: "constant" },
        });
      const run = async (name: string, epochs: number, resume: boolean) => {
        const runDirectory = join(folder, name);
        const options = { runDirectory, resume, tensorboard: true, provenance: TEST_PROVENANCE };
        assert.equal((await runTraining(configOf(epochs), options)).stopReason, "finished");
        return runDirectory;
      };
      const straight = await run("straight", 3, false);
      // First a day far ahead, then one before the machine was made.
      await withClock("2199-01-01T00:00:00Z", async () => void await run("skewed", 1, false));
      await withClock("1970-01-02T00:00:00Z", async () => void await run("skewed", 2, true));
      const skewed = await run("skewed", 3, true);
      const [one, other] = await Promise.all(
        [straight, skewed].map((place) => loadCheckpoint(join(place, "checkpoints"), "last")),
      );
      assert.deepEqual([other!.step, other!.skipped], [one!.step, []]);
      assert.deepEqual(other!.files, one!.files);
      const records = await readMetricsLog(skewed);
      assert.deepEqual(records.map(({ epoch }) => epoch), [1, 2, 3]);
      assert.ok(records.every(({ seconds }) => seconds >= 0));
      const events = [...Deno.readDirSync(join(skewed, "tensorboard"))];
      assert.equal(events.length, 1);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }));
