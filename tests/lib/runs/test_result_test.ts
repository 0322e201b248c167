import assert from "node:assert/strict";
import { join } from "node:path";
import { selectBackend } from "../../../lib/backends/select_backend.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { testRun } from "../../../lib/runs/test_result.ts";
import { TEST_CONDITIONS } from "../../helpers/small_comparison.ts";
import { TEST_PROVENANCE, tinyPictureConfig, tinyRunConfig } from "../../helpers/tiny_run.ts";
import { writeImages } from "../datasets/helpers/image_files.ts";
import { withFolder } from "../../helpers/with_folder.ts";

Deno.test("testRun() gives the result, and says so, where the folder cannot keep it", () =>
  withFolder(async (folder) => {
    await selectBackend("wasm");
    const runDirectory = join(folder, "run");
    const config = tinyRunConfig({
      data: { images: 20, testImages: 10 },
      training: { epochs: 1, stepsPerEpoch: 1, statisticsImages: 8 },
    });
    await runTraining(config, { runDirectory, resume: false, provenance: TEST_PROVENANCE });
    const warnings: string[] = [];
    let isAway = false;
    const result = await testRun({
      ...{ runDirectory, conditions: TEST_CONDITIONS, speed: null, keep: true },
      // When the weights are read, the folder goes.
      report: (done) => {
        if (done > 0 && !isAway) Deno.renameSync(runDirectory, join(folder, "away"));
        isAway ||= done > 0;
      },
      warn: (text) => warnings.push(text),
    });
    assert.equal(result!.evaluation.figures.images, 10);
    assert.match(warnings.join("\n"), /^the result of .*run is not kept: .*test_result\.json/);
  }));

Deno.test("testRun() tests the checkpoint that validated best, not the last one", () =>
  withFolder(async (folder) => {
    await selectBackend("wasm");
    const runDirectory = join(folder, "run");
    const config = tinyRunConfig({
      data: { images: 20, testImages: 10 },
      training: { epochs: 2, stepsPerEpoch: 1, statisticsImages: 8 },
    });
    await runTraining(config, { runDirectory, resume: false, provenance: TEST_PROVENANCE });
    const pointer = (name: string) => join(runDirectory, "checkpoints", name);
    const [best, last] = ["previous", "last"]
      .map((name) => Deno.readTextFileSync(pointer(name)).trim());
    assert.notEqual(best, last);
    await Deno.copyFile(pointer("previous"), pointer("best"));
    const result = await testRun({
      ...{ runDirectory, conditions: TEST_CONDITIONS, speed: null, keep: true },
    });
    assert.deepEqual([result!.checkpoint, result!.evaluation.checkpoint], [best, best]);
  }));

Deno.test("testRun() keeps no result of pictures that are no images of the run's dataset", () =>
  withFolder(async (folder) => {
    await selectBackend("wasm");
    const [runDirectory, directory] = [join(folder, "run"), join(folder, "pictures")];
    const config = tinyRunConfig({
      data: { images: 20, testImages: 10 },
      training: { epochs: 1, stepsPerEpoch: 1, statisticsImages: 8 },
    });
    await runTraining(config, { runDirectory, resume: false, provenance: TEST_PROVENANCE });
    await writeImages(directory, ["disc/1.png", "ring/1.png", "ring/2.png"]);
    const imagesOf = async (data?: { readonly directory: string }, looksAtImages = true) => {
      const result = await testRun({
        ...{ runDirectory, conditions: TEST_CONDITIONS, speed: null, keep: true },
        ...data === undefined ? {} : { data, looksAtImages },
      });
      return result!.evaluation.figures.images;
    };
    // Synthetic images are not drawn for a folder that somebody named; a plan may name one that is not there.
    const nowhere = { directory: join(folder, "nowhere") };
    await assert.rejects(imagesOf(nowhere), /Cannot find images in .*nowhere: synthetic images/);
    assert.equal(await imagesOf(nowhere, false), 10);
    assert.equal(await imagesOf({ directory }), 3);
    assert.equal(await imagesOf(), 10);
    assert.equal(await imagesOf({ directory }), 3);
    assert.equal(await imagesOf(), 10);
  }));

Deno.test("testRun() keeps no result of other test images, where it is to look at them", () =>
  withFolder(async (folder) => {
    await selectBackend("wasm");
    const runDirectory = join(folder, "run");
    const places = ["train/a", "train/b", "test/a", "test/b"];
    const files = places.flatMap((place) => [0, 1, 2].map((index) => `${place}/${index}.png`));
    const [directory, other] = [join(folder, "images"), join(folder, "other")];
    for (const images of [directory, other]) await writeImages(images, files);
    await Deno.remove(join(other, "test/a/0.png"));
    const config = tinyPictureConfig(directory, { epochs: 1, statisticsImages: 8 });
    await runTraining(config, { runDirectory, resume: false, provenance: TEST_PROVENANCE });
    const warnings: string[] = [];
    const imagesOf = async (place: string, looksAtImages = true) => {
      const result = await testRun({
        ...{ runDirectory, conditions: TEST_CONDITIONS, speed: null, keep: true, looksAtImages },
        data: { directory: place },
        warn: (text) => warnings.push(text),
      });
      return result!.evaluation.figures.images;
    };
    assert.equal(await imagesOf(directory), 6);
    assert.equal(await imagesOf(other, false), 6);
    assert.equal(await imagesOf(other), 5);
    assert.equal(await imagesOf(directory), 6);
    // What was kept before images had fingerprints is told by their number.
    const file = join(runDirectory, "test_result.json");
    const { evaluation, ...kept } = JSON.parse(await Deno.readTextFile(file));
    const { fingerprint: _, ...old } = evaluation;
    await Deno.writeTextFile(file, JSON.stringify({ ...kept, evaluation: old }));
    assert.equal(await imagesOf(other), 5);
    assert.equal(await imagesOf(directory), 6);
    assert.deepEqual(warnings, []);
    assert.equal(await imagesOf(join(folder, "nowhere")), 6);
    assert.match(warnings.join(), /figures are those that were kept \(Cannot/);
  }));
