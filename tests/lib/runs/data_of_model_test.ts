import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { dataOfModel, withoutAbsentFolder } from "../../../lib/runs/data_of_model.ts";
import { tinyRunConfig } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import { writeImages } from "../datasets/helpers/image_files.ts";

const SAVED = { ...tinyRunConfig().data, dataset: "cifar10", directory: "data" } as const;

Deno.test("dataOfModel() takes pictures by class where the dataset of the run is not", async () => {
  await withFolder(async (directory) => {
    await writeImages(directory, ["train/cat/1.png", "train/dog/2.png", "test/cat/3.png"]);
    const data = await dataOfModel(SAVED, { directory });
    const { dataset, images, testImages, imageSize, resizeTo } = data;
    assert.deepEqual([dataset, data.directory], ["folder", directory]);
    // All of them, brought to the size of the images that the model was trained on.
    assert.deepEqual([images, testImages, imageSize, resizeTo], [null, null, 32, null]);
    assert.equal((await dataOfModel(SAVED, { directory, testImages: 1 })).testImages, 1);
    const list = join(directory, "list.csv");
    await Deno.writeTextFile(list, "path,label\ntrain/cat/1.png,cat\n");
    assert.equal((await dataOfModel(SAVED, { directory: list })).dataset, "folder");
    await Deno.writeTextFile(join(directory, "data_batch_1.bin"), "");
    assert.equal((await dataOfModel(SAVED, { directory })).dataset, "cifar10");
  });
});

Deno.test("dataOfModel() leaves the run's own dataset where nothing else is there", async () => {
  assert.deepEqual(await dataOfModel(SAVED), SAVED);
  assert.deepEqual(await dataOfModel(SAVED, { testImages: 3 }), { ...SAVED, testImages: 3 });
  await withFolder(async (directory) => {
    for (const given of [{ directory }, { directory: join(directory, "nothing") }]) {
      assert.deepEqual(await dataOfModel(SAVED, given), { ...SAVED, ...given });
    }
    await writeImages(directory, ["cat/1.png"]);
    const named = { directory, dataset: "cifar100" } as const;
    assert.equal((await dataOfModel(SAVED, named)).dataset, "cifar100");
  });
});

Deno.test("dataOfModel() says what is wrong with a folder that holds neither", async () => {
  await withFolder(async (directory) => {
    await Deno.mkdir(join(directory, "empty"));
    await assert.rejects(
      dataOfModel(SAVED, { directory }),
      /cifar10, .*, is not there, and pictures by class are not either \(.*found 0 .*fetch-data cifar10 .*--data\)$/,
    );
  });
});

Deno.test("dataOfModel() does not draw synthetic images where pictures are named", async () => {
  const saved = { ...SAVED, dataset: "synthetic" } as const;
  await withFolder(async (directory) => {
    const datasetOf = async () => (await dataOfModel(saved, { directory })).dataset;
    await writeImages(directory, ["cat/1.png", "dog/2.png"]);
    assert.equal(await datasetOf(), "folder");
    // A comparison names the place that the run has, too, however it is written.
    for (const same of [directory, `${directory}/`, relative(Deno.cwd(), directory)]) {
      const data = await dataOfModel({ ...saved, directory }, { directory: same });
      assert.equal(data.dataset, "synthetic");
    }
    await Deno.mkdir(join(directory, "synthetic"));
    assert.equal(await datasetOf(), "synthetic");
  });
});

Deno.test("dataOfModel() draws no synthetic images for a folder of something else, of nothing, or with a slip in its name", async () => {
  const saved = { ...SAVED, dataset: "synthetic" } as const;
  await withFolder(async (directory) => {
    const wrong = ["empty", "slip", "cifar"].map((name) => join(directory, name));
    await Deno.mkdir(join(directory, "empty", "cat"), { recursive: true });
    await Deno.mkdir(join(directory, "cifar"));
    await Deno.writeTextFile(join(directory, "cifar", "data_batch_1.bin"), "");
    for (const folder of wrong) {
      await assert.rejects(
        dataOfModel(saved, { directory: folder }),
        /: synthetic images, .*, are not there, and pictures by class are not either .*leave out --data/,
      );
    }
    // A plan names a place, though its images are drawn.
    const given = { directory: join(directory, "slip"), testImages: 3 };
    assert.deepEqual(await withoutAbsentFolder(saved, given), { testImages: 3 });
    assert.deepEqual(await withoutAbsentFolder(SAVED, given), given);
    assert.deepEqual(await withoutAbsentFolder(saved, { directory }), { directory });
  });
});
