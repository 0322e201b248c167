import assert from "node:assert/strict";
import { join } from "node:path";
import { isDatasetPresent } from "../../../lib/datasets/dataset_present.ts";
import { loadDataset } from "../../../lib/datasets/load_dataset.ts";
import { completeConfig } from "../../../lib/configuration/experiment_config.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import { writeImages } from "./helpers/image_files.ts";

Deno.test("isDatasetPresent() finds mini-ImageNet where loadDataset() does, and nowhere else", async () => {
  await withFolder(async (folder) => {
    const images = Array.from({ length: 10 }, (_, index) => `a/${index}.png`);
    for (const name of ["data/mini-imagenet", "my-mini-imagenet"]) {
      await writeImages(join(folder, name), images);
    }
    const cases = {
      data: true,
      "data/mini-imagenet": true,
      "data/mini-imagenet/": true,
      "my-mini-imagenet": false,
      "my-mini-imagenet/": false,
      nowhere: false,
    };
    for (const [name, isThere] of Object.entries(cases)) {
      const directory = `${folder}/${name}`;
      const { data } = completeConfig({ data: { dataset: "mini-imagenet", directory } });
      assert.equal(await isDatasetPresent(data), isThere, name);
      if (isThere) assert.equal((await loadDataset(data)).train.length, 9, name);
      else await assert.rejects(loadDataset(data), /does not exist; install it/, name);
    }
  });
});
