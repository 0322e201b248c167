import assert from "node:assert/strict";
import { join } from "node:path";
import type { DataConfig } from "../../../lib/datasets/data_config.ts";
import { fetchDataset } from "../../../lib/datasets/fetch_dataset.ts";
import { loadDataset } from "../../../lib/datasets/load_dataset.ts";
import { DataError } from "../../../lib/errors.ts";
import { writeImages } from "./helpers/image_files.ts";
import { withFolder } from "../../helpers/with_folder.ts";

function configOf(dataset: DataConfig["dataset"], directory: string): DataConfig {
  return {
    dataset,
    directory,
    imageSize: dataset === "synthetic" ? 32 : 8,
    resizeTo: null,
    splitSeed: null,
    classes: 10,
    images: null,
    validationFraction: 0.2,
    selection: "random",
    testImages: null,
  };
}

Deno.test("loadDataset() says which command fetches what is missing", async () => {
  await withFolder(async (directory) => {
    for (const dataset of ["cifar10", "cifar100", "mini-imagenet"] as const) {
      await assert.rejects(loadDataset(configOf(dataset, directory)), (error) => {
        assert.ok(error instanceof DataError);
        assert.ok(error.message.includes(`"fetch-data ${dataset} --directory ${directory}`));
        return true;
      });
    }
  });
});

Deno.test("loadDataset() finds the same synthetic images on disk and in memory", async () => {
  await withFolder(async (directory) => {
    const drawn = await loadDataset(configOf("synthetic", directory));
    assert.deepEqual([drawn.train.length, drawn.test.length], [4000, 1000]);
    const { status } = await fetchDataset("synthetic", { directory });
    const stored = await loadDataset(configOf("synthetic", directory));
    assert.equal(status, "installed");
    assert.equal(stored.train.fingerprint, drawn.train.fingerprint);
    assert.equal(stored.test.fingerprint, drawn.test.fingerprint);
    assert.deepEqual(stored.train.classNames, drawn.train.classNames);
    // A damaged folder is not replaced by drawn images in silence.
    await Deno.remove(join(directory, "synthetic", "test_batch.bin"));
    await assert.rejects(
      loadDataset(configOf("synthetic", directory)),
      /fetch the data again with "fetch-data synthetic"/,
    );
  });
});

Deno.test("loadDataset() reads a folder of images at the size asked for", async () => {
  await withFolder(async (directory) => {
    await writeImages(directory, ["train/a/1.png", "test/a/1.png"]);
    const { train } = await loadDataset(configOf("folder", directory));
    assert.deepEqual([train.height, train.width, train.length], [8, 8, 1]);
  });
});
