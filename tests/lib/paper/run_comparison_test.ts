import assert from "node:assert/strict";
import { join } from "node:path";
import { runComparison } from "../../../lib/paper/run_comparison.ts";
import { DataError, DivergenceError, UsageError } from "../../../lib/errors.ts";
import { lockRunFolder } from "../../../lib/checkpoints/run_lock.ts";
import { type PlannedRun, planTable } from "../../../lib/paper/plan_rows.ts";
import { formatConfig } from "../../../lib/configuration/format_config.ts";
import { copy } from "../../helpers/copy_folder.ts";
import { smallComparison } from "../../helpers/small_comparison.ts";
import type { ConfigOverride } from "../../../lib/configuration/config_words.ts";
import type { TrainingEvent } from "../../../lib/training/training_event.ts";

async function withRuns(body: (runs: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(join(folder, "runs"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A watcher that writes down what is done to runs. */
function notes() {
  const phases: string[] = [];
  return { phases, watcher: { phase: (text: string) => phases.push(text) } };
}

Deno.test("runComparison() trains what is missing and skips what is done", async () => {
  await withRuns(async (runs) => {
    const first = notes();
    const options = { seeds: [1, 2], watcher: first.watcher };
    const { comparison } = await runComparison(await smallComparison(runs, options));
    assert.deepEqual(first.phases, [
      "training",
      "evaluating the test images",
      "training",
      "evaluating the test images",
    ]);
    const [row] = comparison.rows;
    assert.deepEqual(row!.runs.map(({ state, seed }) => [state, seed]), [
      ["finished", 1],
      ["finished", 2],
    ]);
    assert.equal(row!.runs[0]!.trainImages, 16);
    const [one, two] = row!.runs.map(({ figures }) => figures!.top1);
    assert.equal(row!.top1!.mean, (one! + two!) / 2);
    assert.ok(Math.abs(row!.top1!.deviation! - Math.abs(one! - two!) / Math.SQRT2) < 1e-12);
    assert.equal(row!.top1!.n, 2);
    // The variance of a share p of n images is p (1 - p) / n; the larger of both is told.
    const images = row!.runs[0]!.figures!.testImages;
    const error = Math.max(...[one!, two!].map((p) => 100 * Math.sqrt(p * (1 - p) / images)));
    assert.ok(error > 0);
    assert.match(
      comparison.notes.find((note) => note.startsWith("Accuracy"))!,
      new RegExp(`error of up to ${error.toFixed(1).replace(".", "[.]")} points`),
    );
    const again = notes();
    const other = { seeds: [1, 2], watcher: again.watcher };
    const second = await runComparison(await smallComparison(runs, other));
    assert.deepEqual(again.phases, ["trained before", "trained before"]);
    assert.deepEqual(second.comparison.rows, comparison.rows);
  });
});

Deno.test("runComparison() marks every smoke row, and fills nothing in from the paper", async () => {
  await withRuns(async (runs) => {
    const { comparison } = await runComparison(
      await smallComparison(runs, { train: false, only: [] }),
    );
    assert.equal(comparison.kind, "comparison");
    assert.equal(comparison.version, 1);
    assert.equal(comparison.mode, "smoke");
    assert.deepEqual(comparison.rows.map(({ name }) => name), [
      "ResNet",
      "Puppet-ResNet",
      "Puppet-CNN",
    ]);
    for (const row of comparison.rows) {
      assert.equal(row.mark, "smoke, not a result (synthetic images); no run");
      assert.equal(row.top1, null);
      assert.equal(row.secondsPerImage, null);
      assert.equal(row.runs[0]!.state, "missing");
      assert.ok(row.paper!.megabytes! > 1);
    }
    assert.match(comparison.notes[0]!, /NOT A RESULT/);
    await assert.rejects(Deno.stat(runs), Deno.errors.NotFound);
  });
});

Deno.test("runComparison() goes on where a signal stopped it, and ends as if nothing had been", async () => {
  await withRuns(async (runs) => {
    const overrides = [{ path: "training.epochs", value: 3 }];
    const whole = await runComparison(await smallComparison(`${runs}-whole`, { overrides }));
    const controller = new AbortController();
    const stopped = await runComparison(
      await smallComparison(runs, {
        overrides,
        signal: controller.signal,
        watcher: {
          training: (event: TrainingEvent) => event.kind === "epoch" && controller.abort(),
        },
      }),
    );
    assert.equal(stopped.isInterrupted, true);
    const shown = await runComparison(await smallComparison(runs, { overrides, train: false }));
    assert.equal(shown.comparison.rows[0]!.runs[0]!.state, "unfinished");
    assert.match(shown.comparison.rows[0]!.mark!, /0 of 1 seeds finished; 1 not at its end/);
    const { phases, watcher } = notes();
    const resumed = await runComparison(await smallComparison(runs, { overrides, watcher }));
    assert.equal(phases[0], "resuming after epoch 1 of 3");
    assert.equal(resumed.isInterrupted, false);
    // Where nothing was left to do, a signal has nothing to interrupt.
    const late = new AbortController();
    const { signal } = late;
    const phase = () => late.abort();
    const done = await runComparison(
      await smallComparison(runs, { overrides, signal, watcher: { phase } }),
    );
    assert.deepEqual([signal.aborted, done.isInterrupted], [true, false]);
    assert.equal(done.comparison.rows.length, 1);
    const figures = (outcome: typeof whole) => {
      const { top1, loss, trainTop1, testImages } = outcome.comparison.rows[0]!.runs[0]!.figures!;
      return { top1, loss, trainTop1, testImages };
    };
    assert.deepEqual(figures(resumed), figures(whole));
  });
});

Deno.test("runComparison() evaluates again when the checkpoint is another or the result is damaged", async () => {
  await withRuns(async (runs) => {
    const { comparison } = await runComparison(await smallComparison(runs));
    const file = join(comparison.rows[0]!.runs[0]!.runDirectory, "test_result.json");
    const kept = JSON.parse(await Deno.readTextFile(file));
    const spoilt = [
      "{",
      JSON.stringify({ ...kept, manifestSha256: "0" }),
      JSON.stringify({ ...kept, version: 2 }),
    ];
    for (const text of spoilt) {
      await Deno.writeTextFile(file, text);
      const { phases, watcher } = notes();
      const again = await runComparison(await smallComparison(runs, { watcher }));
      assert.deepEqual(phases, ["trained before", "evaluating the test images"]);
      assert.deepEqual(again.comparison.rows[0]!.top1, comparison.rows[0]!.top1);
    }
  });
});

Deno.test("runComparison() measures speed once per machine, banked and per image", async () => {
  await withRuns(async (runs) => {
    const options = { measureSpeed: true };
    // Figures that were kept without it do not do.
    await runComparison(await smallComparison(runs));
    const { comparison } = await runComparison(await smallComparison(runs, options));
    const [row] = comparison.rows;
    assert.ok(row!.secondsPerImage!.mean > 0);
    assert.ok(row!.exactSecondsPerSingleImage!.mean > 0);
    assert.equal(row!.runs[0]!.figures!.speed!.figures.length, 4);
    const same = notes();
    await runComparison(await smallComparison(runs, { ...options, watcher: same.watcher }));
    assert.deepEqual(same.phases, ["trained before"]);
    let { conditions } = await smallComparison(runs);
    for (const change of [{ machine: "another" }, { backend: "another" }]) {
      conditions = { ...conditions, ...change };
      const other = notes();
      await runComparison(
        await smallComparison(runs, { ...options, conditions, watcher: other.watcher }),
      );
      assert.deepEqual(other.phases, ["trained before", "evaluating the test images"]);
    }
  });
});

Deno.test("runComparison() times a table without accuracy untrained, and says so", async () => {
  await withRuns(async (runs) => {
    const { phases, watcher } = notes();
    const options = { train: undefined, measureSpeed: true, watcher };
    const { comparison } = await runComparison(await smallComparison(runs, options));
    assert.deepEqual(phases, [
      "timing the network as it is initialised: this table needs no training",
    ]);
    const [row] = comparison.rows;
    const [run] = row!.runs;
    assert.deepEqual([run!.state, run!.epochs, run!.figures], ["untrained", 0, null]);
    assert.equal(run!.untrainedSpeed!.speed.figures.length, 4);
    assert.ok(row!.secondsPerImage!.mean > 0);
    assert.ok(row!.secondsPerSingleImage!.mean > 0);
    assert.ok(row!.exactSecondsPerSingleImage!.mean > 0);
    assert.equal(row!.top1, null);
    assert.match(row!.mark!, /not trained/);
    assert.ok(comparison.notes.some((note) => /as they are initialised/.test(note)));
    assert.ok(comparison.notes.every((note) => !/^Accuracy/.test(note)));
    await assert.rejects(Deno.stat(runs), Deno.errors.NotFound);
    const trained = await runComparison(await smallComparison(runs));
    assert.equal(trained.comparison.rows[0]!.runs[0]!.state, "finished");
    const after = await runComparison(await smallComparison(runs, { train: undefined }));
    assert.equal(after.comparison.rows[0]!.runs[0]!.state, "finished");
    const shown = await runComparison(
      await smallComparison(`${runs}-none`, { train: false, measureSpeed: true }),
    );
    assert.equal(shown.comparison.rows[0]!.runs[0]!.state, "missing");
  });
});

Deno.test("runComparison() says how many of the paper's counted prints are met", async () => {
  await withRuns(async (runs) => {
    for (
      const [table, only, note] of [
        [
          1,
          ["skipnet"],
          /^Params, MB: 0 of 1 .* last digit; SkipNet 69\.94 against 68\.88\.$/,
        ],
        [5, [], /^Multiply-adds by the paper's tool, G: 3 of 3 .* last digit\.$/],
      ] as const
    ) {
      const options = { table, only, train: false, overrides: [] };
      const { comparison } = await runComparison(await smallComparison(runs, options));
      assert.ok(comparison.notes.some((text) => note.test(text)), comparison.notes.join("\n"));
    }
  });
});

Deno.test("runComparison() finds a run of the same configuration under another name", async () => {
  await withRuns(async (runs) => {
    const { comparison } = await runComparison(await smallComparison(runs));
    await Deno.rename(comparison.rows[0]!.runs[0]!.runDirectory, join(runs, "by-hand"));
    const { phases, watcher } = notes();
    const again = await runComparison(await smallComparison(runs, { watcher }));
    assert.deepEqual(phases, ["trained before"]);
    assert.equal(again.comparison.rows[0]!.runs[0]!.runDirectory, join(runs, "by-hand"));
  });
});

Deno.test("runComparison() takes a finished run in bfloat16 for a row, says so, and leaves it where math is given", async () => {
  await withRuns(async (runs) => {
    const { comparison } = await runComparison(await smallComparison(runs));
    const folder = comparison.rows[0]!.runs[0]!.runDirectory;
    const file = join(folder, "config.yaml");
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, text.replace(/^math: float32/m, "math: bfloat16"));
    await Deno.rename(folder, join(runs, "rounded"));
    const rowOf = async (overrides: ConfigOverride[]) =>
      (await runComparison(await smallComparison(runs, { train: false, overrides }))).comparison
        .rows[0]!;
    const row = await rowOf([]);
    assert.equal(row.runs[0]!.runDirectory, join(runs, "rounded"));
    assert.equal(row.runs[0]!.state, "finished");
    assert.deepEqual(row.changes.find(({ path }) => path === "math"), {
      ...{ path: "math", protocol: "float32", run: "bfloat16" },
    });
    const two = await smallComparison(runs, { train: false, seeds: [2, 1] });
    const [mixed] = (await runComparison(two)).comparison.rows;
    assert.deepEqual(mixed!.runs.map(({ state }) => state), ["missing", "finished"]);
    assert.deepEqual(mixed!.changes, row.changes, "one of the seeds is enough");
    const exact = await rowOf([{ path: "math", value: "float32" }]);
    assert.equal(exact.runs[0]!.state, "missing");
    // A run in float32 is the row's own.
    await copy(join(runs, "rounded"), join(runs, "z"));
    await Deno.writeTextFile(join(runs, "z", "config.yaml"), text);
    assert.equal((await rowOf([])).runs[0]!.runDirectory, join(runs, "z"));
    await Deno.remove(join(runs, "z"), { recursive: true });
    // Without its weights it is as good as before, without figures as well nothing has been trained.
    await Deno.remove(join(runs, "rounded", "checkpoints"), { recursive: true });
    const recorded = await rowOf([]);
    assert.deepEqual([recorded.runs[0]!.state, recorded.top1], ["recorded", row.top1]);
    assert.doesNotMatch(recorded.mark!, /seeds finished/);
    await Deno.remove(join(runs, "rounded", "test_result.json"));
    assert.equal((await rowOf([])).runs[0]!.state, "missing");
  });
});

Deno.test("runComparison() names what an option changed", async () => {
  await withRuns(async (runs) => {
    const overrides = [{ path: "training.epochs", value: 2 }, { path: "data.images", value: 1250 }];
    const { comparison } = await runComparison(
      await smallComparison(runs, { smoke: false, train: false, overrides }),
    );
    const [row] = comparison.rows;
    assert.equal(row!.protocol, "changed");
    assert.equal(comparison.mode, "changed");
    assert.match(row!.mark!, /^not the full protocol: data\.images 1250 instead of 10000, /);
    assert.match(row!.mark!, /training\.epochs 2 instead of 100/);
  });
});

Deno.test("runComparison() says what to do when images are missing, before it trains", async () => {
  await withRuns(async (runs) => {
    const options = await smallComparison(runs, { smoke: false, table: 6, only: [] });
    await assert.rejects(runComparison(options), (error) => {
      assert.ok(error instanceof DataError);
      assert.match(error.message, /"fetch-data cifar100 --directory no-such-folder"/);
      assert.match(error.message, /--only.*--smoke/);
      return true;
    });
    // One folder holds several datasets; that one of them is there says nothing of the next.
    const data = join(runs, "..", "data");
    await Deno.mkdir(join(data, "cifar-100-binary"), { recursive: true });
    await Deno.writeTextFile(join(data, "cifar-100-binary", "train.bin"), "");
    const overrides = [{ path: "data.directory", value: data }];
    await assert.rejects(runComparison({ ...options, overrides }), /mini-imagenet does not exist/);
    await assert.rejects(Deno.stat(runs), Deno.errors.NotFound);
  });
});

Deno.test("runComparison() misses the images of a run that is trained but not tested before it does anything", async () => {
  await withRuns(async (runs) => {
    const { comparison } = await runComparison(await smallComparison(runs));
    const { phases, watcher } = notes();
    const overrides = [{ path: "training.epochs", value: 1 }];
    const options = { smoke: false, table: 1, only: ["puppet-cnn"], overrides, watcher };
    const other = await smallComparison(runs, options);
    const [{ config, runDirectory }] = (await planTable(other))[0]!.runs as [PlannedRun];
    await Deno.rename(comparison.rows[0]!.runs[0]!.runDirectory, runDirectory);
    await Deno.writeTextFile(join(runDirectory, "config.yaml"), formatConfig(config));
    assert.ok((await runComparison(other)).comparison.rows[0]!.top1 !== null, "figures are kept");
    assert.deepEqual(phases, ["trained before"]);
    // Speed cannot be measured without images: figures that were kept are better than none.
    const warnings: string[] = [];
    const timed = await runComparison({
      ...other,
      ...{ measureSpeed: true, watcher: { warn: (text: string) => warnings.push(text) } },
    });
    assert.ok(timed.comparison.rows[0]!.top1 !== null);
    assert.equal(timed.comparison.rows[0]!.secondsPerImage, null);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /test figures are those that were kept .*no-such-folder/);
    await Deno.remove(join(runDirectory, "test_result.json"));
    await assert.rejects(runComparison(other), (error) => {
      assert.ok(error instanceof DataError);
      assert.match(error.message, /^Preset puppet-cnn needs these images/m);
      return true;
    });
    assert.deepEqual(phases, ["trained before"]);
  });
});

Deno.test("runComparison() refuses a folder that holds another run, and unknown names", async () => {
  await withRuns(async (runs) => {
    const { comparison } = await runComparison(await smallComparison(runs));
    const folder = comparison.rows[0]!.runs[0]!.runDirectory;
    const file = join(folder, "config.yaml");
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, text.replace("epochs: 1 ", "epochs: 7 "));
    await assert.rejects(
      runComparison(await smallComparison(runs)),
      /it has another configuration than its name says/,
    );
    for (
      const [changes, message] of [
        [{ only: ["puppet-cn"] }, /did you mean "puppet-cnn"/],
        [{ only: ["vgg"] }, /table 5 has no such preset/],
        [{ table: 7 }, /compare knows tables 1, 2, 3, 4, 5, 6; table 7 is counted by/],
      ] as const
    ) {
      await assert.rejects(runComparison(await smallComparison(runs, changes)), (error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, message);
        return true;
      });
    }
  });
});

Deno.test("runComparison() goes on with the other runs when memory ends in one", async () => {
  await withRuns(async (runs) => {
    const { phases, watcher } = notes();
    const warnings: string[] = [];
    let hasFailed = false;
    const failing = {
      ...watcher,
      warn: (text: string) => warnings.push(text),
      training: (event: { kind: string }) => {
        if (event.kind !== "step" || hasFailed) return;
        hasFailed = true;
        throw new RangeError("Array buffer allocation failed");
      },
    };
    const options = { seeds: [1, 2], watcher: failing };
    const { comparison } = await runComparison(await smallComparison(runs, options));
    const [row] = comparison.rows;
    assert.deepEqual(row!.runs.map(({ state }) => state), ["failed", "finished"]);
    assert.match(row!.mark!, /1 of 2 seeds finished; 1 out of memory/);
    assert.equal(row!.top1!.n, 1);
    assert.match(warnings.join(), /ran out of memory .*lower batchSize \(--batch-size\)/);
    assert.ok(phases.length >= 2);
    // The next time it is tried again.
    const again = await runComparison(await smallComparison(runs, { seeds: [1, 2] }));
    assert.deepEqual(again.comparison.rows[0]!.runs.map(({ state }) => state), [
      "finished",
      "finished",
    ]);
  });
});

Deno.test("runComparison() goes on with the other runs when one cannot be saved or evaluated, being diverged", async () => {
  await withRuns(async (runs) => {
    let hasFailed = false;
    const watcher = {
      training: (event: { kind: string }) => {
        if (event.kind !== "step" || hasFailed) return;
        hasFailed = true;
        throw new DivergenceError("Cannot save checkpoint: a tensor is not finite");
      },
    };
    const options = { seeds: [1, 2], watcher };
    const { comparison } = await runComparison(await smallComparison(runs, options));
    const [row] = comparison.rows;
    assert.deepEqual(row!.runs.map(({ state }) => state), ["diverged", "finished"]);
    assert.match(row!.mark!, /1 of 2 seeds finished; 1 diverged/);
  });
});

Deno.test("runComparison() goes on where somebody trains one of its runs, and finds it done later", async () => {
  await withRuns(async (runs) => {
    const warnings: string[] = [];
    const options = await smallComparison(runs, {
      seeds: [1, 2],
      watcher: { warn: (text: string) => warnings.push(text) },
    });
    const [first] = (await planTable(options))[0]!.runs;
    await Deno.mkdir(first!.runDirectory, { recursive: true });
    const states = async () =>
      (await runComparison(options)).comparison.rows[0]!.runs.map(({ state }) => state);
    {
      using _lock = await lockRunFolder(first!.runDirectory);
      assert.deepEqual(await states(), ["unfinished", "finished"]);
    }
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /is in use by process \d+; wait for it to end/);
    assert.deepEqual(await states(), ["finished", "finished"]);
  });
});
