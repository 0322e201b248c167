import assert from "node:assert/strict";
import { join } from "node:path";
import { encode } from "fast-png";
import { createFolderDataset } from "../../../lib/datasets/folder_dataset.ts";
import { loadImageFolder } from "../../../lib/datasets/image_folder.ts";
import { listImageFolder } from "../../../lib/datasets/list_image_folder.ts";
import { channelStatistics } from "../../../lib/datasets/standardization.ts";
import { subset } from "../../../lib/datasets/subset.ts";
import { imageEntropyMeasure } from "../../../lib/complexity/image_entropy.ts";
import { ComplexityLevels } from "../../../lib/puppeteer/complexity_levels.ts";
import { RandomStream } from "../../../lib/randomness/random_stream.ts";
import { loadBatch } from "../../../lib/training/training_data.ts";
import { withBackend } from "../../helpers/backends.ts";
import { TINY_MODEL } from "../../helpers/tiny_training.ts";
import { writeImages } from "./helpers/image_files.ts";
import { withFolder } from "../../helpers/with_folder.ts";

/** A picture of 8 x 8 pixels whose red counts columns and whose green counts rows, in tens. */
async function writeGradient(path: string): Promise<void> {
  const data = new Uint8Array(8 * 8 * 3);
  for (let row = 0; row < 8; row++) {
    for (let column = 0; column < 8; column++) {
      data.set([column * 10, row * 10, 0], (row * 8 + column) * 3);
    }
  }
  await Deno.writeFile(path, encode({ width: 8, height: 8, data, depth: 8, channels: 3 }));
}

async function withGradients(
  body: (folder: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    for (const part of ["train", "test"]) {
      await Deno.mkdir(join(folder, part, "a"), { recursive: true });
      await writeGradient(join(folder, part, "a", "1.png"));
    }
    await body(folder);
  });
}

Deno.test("createFolderDataset() cuts the centre in evaluation and random places in training", async () => {
  await withGradients(async (folder) => {
    const { train } = await loadImageFolder(folder, { imageSize: 4, resizeTo: 8 });
    assert.deepEqual([train.height, train.width], [4, 4]);
    const centre = await train.read([0]);
    assert.deepEqual([...centre.subarray(0, 3)], [20, 20, 0]);
    assert.deepEqual([...centre.subarray(-3)], [50, 50, 0]);
    const corners = new Set<string>();
    const part = subset(train, [0]);
    for (let step = 0; step < 200; step++) {
      const crop = await part.readRandomCrops!([0], new RandomStream(1, "test", step));
      const [left, top] = [crop[0]! / 10, crop[1]! / 10];
      corners.add(`${left},${top}`);
      assert.deepEqual([...crop.subarray(-3)], [(left + 3) * 10, (top + 3) * 10, 0]);
    }
    // Every place of the 5 x 5 that there are.
    assert.equal(corners.size, 25);
    const once = await train.readRandomCrops!([0, 0], new RandomStream(1, "test", 3));
    const again = await train.readRandomCrops!([0, 0], new RandomStream(1, "test", 3));
    assert.deepEqual(once, again);
  });
});

Deno.test("createFolderDataset() offers no random crops where there is no margin", async () => {
  await withGradients(async (folder) => {
    const { train } = await loadImageFolder(folder, { imageSize: 8 });
    assert.equal(train.readRandomCrops, undefined);
    assert.equal(subset(train, [0]).readRandomCrops, undefined);
    await assert.rejects(loadImageFolder(folder, { imageSize: 8, resizeTo: 7 }), RangeError);
    const margin = await loadImageFolder(folder, { imageSize: 8, resizeTo: 9 });
    assert.notEqual(margin.train.fingerprint, train.fingerprint);
  });
});

Deno.test("loadBatch() crops at random where it augments, and at the centre for statistics", () =>
  withBackend("cpu", () =>
    withGradients(async (folder) => {
      const { train, test } = await loadImageFolder(folder, { imageSize: 4, resizeTo: 8 });
      const standardization = await channelStatistics(train);
      const levels = new ComplexityLevels(TINY_MODEL);
      const data = {
        train,
        validation: test,
        standardization,
        measure: imageEntropyMeasure,
        complexities: Float64Array.of(5),
      };
      const first = async (step?: number) => {
        const augmentation = step === undefined ? {} : {
          augmentation: { flip: false, crop: 0, seed: 1, step },
        };
        const options = { level: levels.list[0]!, ...augmentation };
        const { images, labels } = await loadBatch(data, Uint32Array.of(0), options);
        const values = await images.data();
        images.dispose();
        labels.dispose();
        return values.slice(0, 2).join();
      };
      const centre = await first();
      assert.equal(await first(), centre);
      const seen = new Set<string>();
      for (let step = 0; step < 30; step++) seen.add(await first(step));
      assert.ok(seen.size > 10, `${seen.size} places in 30 steps`);
      assert.equal(await first(4), await first(4));
    })));

Deno.test("createFolderDataset() keeps pixels up to its bound and decodes the rest again", async () => {
  await withFolder(async (folder) => {
    const files = ["a/0.png", "a/1.png", "a/2.png"];
    await writeImages(folder, files);
    const listing = await listImageFolder(folder);
    const options = { directory: folder, name: "few", imageSize: 2, maxCacheBytes: 2 * 12 };
    const dataset = createFolderDataset(listing, options);
    const pixels = await dataset.read([0, 1, 2, 2, 0]);
    assert.deepEqual([0, 12, 24, 36, 48].map((at) => pixels[at]), [0, 1, 2, 2, 0]);
    for (const file of files) await Deno.remove(join(folder, file));
    assert.deepEqual([...await dataset.read([1])], new Array(12).fill(1));
    await assert.rejects(dataset.read([2]), /a\/2\.png cannot be opened/);
  });
});
