import assert from "node:assert/strict";
import { join } from "node:path";
import { selectBackend } from "../../../lib/backends/select_backend.ts";
import { compareRuns } from "../../../lib/paper/compare_runs.ts";
import { runComparison } from "../../../lib/paper/run_comparison.ts";
import { exportRun } from "../../../lib/runs/export_run.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { CheckpointError, DataError } from "../../../lib/errors.ts";
import { writeImages } from "../datasets/helpers/image_files.ts";
import { repositoryRoot } from "../../helpers/run_command.ts";
import { smallComparison, TEST_CONDITIONS } from "../../helpers/small_comparison.ts";
import { TEST_PROVENANCE, tinyPictureConfig, tinyRunConfig } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";

const OPTIONS = {
  measureSpeed: false,
  provenance: TEST_PROVENANCE,
  conditions: TEST_CONDITIONS,
};

Deno.test("compareRuns() puts runs that differ in their seed into one row", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const made = await runComparison(
      await smallComparison(join(folder, "runs"), { seeds: [3, 4] }),
    );
    const runs = made.comparison.rows[0]!.runs.map(({ runDirectory }) => runDirectory);
    const other = join(folder, "other");
    const config = tinyRunConfig({
      data: { images: 20, testImages: 10 },
      model: { name: "fixed-cnn" },
      training: { epochs: 1 },
    });
    const options = { runDirectory: other, resume: false, provenance: TEST_PROVENANCE };
    await runTraining(config, options);
    const { comparison } = await compareRuns([...runs, other], OPTIONS);
    assert.deepEqual(comparison.seeds, [1, 3, 4]);
    assert.equal(comparison.mode, "runs");
    assert.deepEqual(comparison.rows.map(({ runs, model }) => [model, runs.length]), [
      ["puppet-cnn", 2],
      ["fixed-cnn", 1],
    ]);
    for (const row of comparison.rows) {
      assert.equal(row.protocol, "none");
      assert.equal(row.paper, null);
      assert.match(row.mark!, /belongs to no protocol of the paper/);
      assert.notEqual(row.top1, null);
    }
    assert.equal(comparison.rows[0]!.top1!.n, 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Trains a run of one step, and gives its folder. */
async function trainTiny(runDirectory: string): Promise<string> {
  const config = tinyRunConfig({
    data: { images: 20, testImages: 10 },
    training: { epochs: 3, stepsPerEpoch: 1, statisticsImages: 8 },
  });
  await runTraining(config, { runDirectory, resume: false, provenance: TEST_PROVENANCE });
  return runDirectory;
}

Deno.test("compareRuns() counts the runs as they are, and never takes a seed twice for two", async () => {
  await withFolder(async (folder) => {
    const run = await trainTiny(join(folder, "run"));
    const again = await trainTiny(join(folder, "again"));
    const { comparison, isInterrupted } = await compareRuns([run, again], OPTIONS);
    assert.equal(isInterrupted, false);
    assert.deepEqual(comparison.rows.map(({ runs, top1 }) => [runs.length, top1!.n]), [
      [1, 1],
      [1, 1],
    ]);
    for (const { counted, countedRun } of comparison.rows) {
      assert.ok(counted.storedMegabytes < 0.1, "C = 16, not the protocol's 512");
      assert.deepEqual(counted, countedRun);
    }
    const twice = await compareRuns([run, `${folder}/./run/`], OPTIONS);
    assert.equal(twice.comparison.rows.length, 1, "one folder, named in two ways");
  });
});

Deno.test("compareRuns() takes an exported model for complete, at whatever epoch it was the best", async () => {
  await withFolder(async (folder) => {
    const run = await trainTiny(join(folder, "run"));
    // As if the best epoch had been followed by many others.
    const file = join(run, "config.yaml");
    const config = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, config.replace("epochs: 3 ", "epochs: 9 "));
    const { comparison: before } = await compareRuns([run], OPTIONS);
    assert.deepEqual([before.rows[0]!.runs[0]!.state, before.rows[0]!.top1], ["unfinished", null]);
    const directory = join(folder, "exported");
    await exportRun({ runDirectory: run, checkpoint: "auto", directory });
    const { comparison } = await compareRuns([directory], OPTIONS);
    const [row] = comparison.rows;
    assert.deepEqual([row!.runs[0]!.state, row!.top1!.n], ["finished", 1]);
  });
});

Deno.test("compareRuns() ends at a signal with the rows that are complete", async () => {
  await withFolder(async (folder) => {
    const [one, two] = [await trainTiny(join(folder, "one")), await trainTiny(join(folder, "two"))];
    const controller = new AbortController();
    const onRun = (run: string) => run === two && controller.abort();
    const { signal } = controller;
    const { comparison, isInterrupted } = await compareRuns([one, two], {
      ...OPTIONS,
      signal,
      onRun,
    });
    assert.equal(isInterrupted, true);
    assert.deepEqual(comparison.rows.map(({ runs }) => runs[0]!.runDirectory), [one]);
  });
});

/** Trains a run of one step on a folder of grey images. */
async function trainOnFolder(
  runDirectory: string,
  images: {
    readonly directory: string;
    readonly classes: readonly string[];
    readonly seed: number;
  },
): Promise<string> {
  const { directory, classes, seed } = images;
  const files = classes.flatMap((name) => [1, 2, 3, 4].map((at) => `${name}/${at}.png`));
  await writeImages(
    directory,
    ["train", "test"].flatMap((part) => files.map((f) => join(part, f))),
  );
  const config = tinyRunConfig({
    data: {
      ...{ dataset: "folder", directory, imageSize: 16, images: null, testImages: null },
      validationFraction: 0,
    },
    training: { epochs: 1, stepsPerEpoch: 1, statisticsImages: 4, seed },
  });
  await runTraining(config, { runDirectory, resume: false, provenance: TEST_PROVENANCE });
  return runDirectory;
}

Deno.test("compareRuns() never averages runs on different images", async () => {
  await withFolder(async (folder) => {
    await selectBackend("wasm");
    const [one, other] = [join(folder, "one"), join(folder, "other")];
    const classes = ["a", "b"];
    const runs = [
      await trainOnFolder(join(folder, "1"), { directory: one, classes, seed: 1 }),
      await trainOnFolder(join(folder, "2"), { directory: `${one}/`, classes, seed: 2 }),
      await trainOnFolder(join(folder, "3"), { directory: other, classes, seed: 3 }),
    ];
    const { comparison } = await compareRuns(runs, OPTIONS);
    assert.deepEqual(comparison.rows.map((row) => row.runs.map(({ seed }) => seed)), [[1, 2], [3]]);
    // The same folder, but with another class by now.
    const directory = one;
    const more = { directory, classes: [...classes, "c"], seed: 4 };
    const { comparison: grown } = await compareRuns(
      [runs[0]!, await trainOnFolder(join(folder, "4"), more)],
      OPTIONS,
    );
    assert.deepEqual(grown.rows.map((row) => row.runs.length), [1, 1]);
    const differs = (notes: readonly string[]) => notes.filter((note) => /DIFFERENT/.test(note));
    assert.deepEqual(differs(grown.notes), [
      `TESTED ON DIFFERENT IMAGES: 8 of one (${runs[0]}); 12 of one (${folder}/4). ` +
      "Accuracies compare only where the images are the same.",
    ]);
    assert.deepEqual(differs(comparison.notes), [], "copies are the same images");
    assert.deepEqual(comparison.columns, ["top1", "megabytes"], "not timed, and of two classes");
    assert.equal(comparison.rows[0]!.top5, null);
    assert.ok(!comparison.notes.some((note) => note.startsWith("Speed")));
  });
});

Deno.test("compareRuns() needs no images of runs that were evaluated before, and finds them where --data says", async () => {
  await withFolder(async (folder) => {
    await selectBackend("wasm");
    const [before, after] = [join(folder, "before"), join(folder, "after")];
    const images = { directory: before, classes: ["a", "b"], seed: 1 };
    const run = await trainOnFolder(join(folder, "run"), images);
    await Deno.rename(before, after);
    const { comparison } = await compareRuns([run], { ...OPTIONS, dataDirectory: after });
    assert.equal(comparison.rows[0]!.top1!.n, 1);
    // Who names other images wants no figures that were kept of the run's own.
    const other = join(folder, "other");
    const places = ["train/a", "train/b", "test/a", "test/b"];
    await writeImages(other, places.map((place) => `${place}/1.png`));
    const { comparison: named } = await compareRuns([run], { ...OPTIONS, dataDirectory: other });
    assert.equal(named.rows[0]!.runs[0]!.figures!.testImages, 2);
    await compareRuns([run], { ...OPTIONS, dataDirectory: after });
    await Deno.remove(after, { recursive: true });
    const { comparison: again } = await compareRuns([run], OPTIONS);
    assert.deepEqual(again.rows[0]!.counted, comparison.rows[0]!.counted);
    assert.equal(again.rows[0]!.top1!.n, 1);
  });
});

Deno.test("compareRuns() says where kept figures were measured, if that is not where it compares", async () => {
  await withFolder(async (folder) => {
    await selectBackend("wasm");
    const [one, two] = [await trainTiny(join(folder, "one")), await trainTiny(join(folder, "two"))];
    const kept = async (runs: string[], backend: string) => {
      const conditions = { ...TEST_CONDITIONS, backend };
      const { comparison } = await compareRuns(runs, { ...OPTIONS, conditions });
      return comparison.notes.filter((note) => note.includes("kept from before"));
    };
    assert.deepEqual(await kept([one], "WebAssembly"), []);
    assert.deepEqual(await kept([one], "WebAssembly"), []);
    const before = "kept from before, when they were measured with WebAssembly, test";
    assert.deepEqual(await kept([one], "TensorFlow, bfloat16"), [
      `Test figures: ${before}; "eval" measures a run again.`,
    ]);
    assert.deepEqual(await kept([one, two], "TensorFlow, bfloat16"), [
      `Test figures of one: ${before}; "eval" measures a run again.`,
    ]);
    const { comparison } = await compareRuns([one], { ...OPTIONS, measureSpeed: true });
    assert.equal(comparison.rows[0]!.secondsPerImage, null);
    assert.ok(comparison.notes.some((note) => note.startsWith("Speed: not measured when")));
  });
});

Deno.test("compareRuns() sets a run beside the row of the paper that it comes closest to", async () => {
  await selectBackend("wasm");
  const runs = ["alexnet", "alexnet-full"]
    .map((name) => join(repositoryRoot, "results", "tables", name));
  const { comparison } = await compareRuns(runs, OPTIONS);
  assert.deepEqual(comparison.rows.map(({ preset }) => preset), ["alexnet", "alexnet-full"]);
});

Deno.test("compareRuns() refuses a folder without a run", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(compareRuns([folder], OPTIONS), CheckpointError);
    await assert.rejects(compareRuns([join(folder, "none")], OPTIONS), /there is no run in it/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("compareRuns() names the run that has no test images, and what can be done here", () =>
  withFolder(async (folder) => {
    await selectBackend("wasm");
    const places = ["train/a", "train/b", "val/a", "val/b"];
    await writeImages(
      folder,
      places.flatMap((place) => [0, 1].map((index) => `images/${place}/${index}.png`)),
    );
    const run = join(folder, "untested");
    const config = tinyPictureConfig(join(folder, "images"), { epochs: 1, batchSize: 4 });
    await runTraining(config, { runDirectory: run, resume: false, provenance: TEST_PROVENANCE });
    await assert.rejects(
      compareRuns([run], OPTIONS),
      (error: unknown) =>
        error instanceof DataError &&
        error.message.startsWith(
          `Cannot compare run ${run}: its test images cannot be classified`,
        ) &&
        !error.message.includes("--part") && /leave the run out$/.test(error.message),
    );
    // What is quoted in brackets has advice of its own.
    const lost = join(folder, "lost");
    const drawn = tinyRunConfig({ training: { epochs: 1 } });
    await runTraining(drawn, { runDirectory: lost, resume: false, provenance: TEST_PROVENANCE });
    const empty = join(folder, "empty");
    await Deno.mkdir(empty);
    await assert.rejects(
      compareRuns([lost], { ...OPTIONS, dataDirectory: empty }),
      (error: unknown) =>
        error instanceof DataError && /\(.+\([^()]+\)\); name a folder/.test(error.message),
    );
  }));
