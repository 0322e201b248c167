import assert from "node:assert/strict";
import { join } from "node:path";
import { defaultConfig } from "../../../lib/configuration/experiment_config.ts";
import { DataError } from "../../../lib/errors.ts";
import { inspectImages } from "../../../lib/runs/inspect_images.ts";
import { loadExperimentImages } from "../../../lib/runs/prepare_data.ts";
import { writeImages } from "../datasets/helpers/image_files.ts";
import { withFolder } from "../../helpers/with_folder.ts";

function load(folder: string) {
  const { data, training } = defaultConfig();
  return loadExperimentImages({
    data: { ...data, dataset: "folder", directory: folder, images: null, imageSize: 8 },
    training,
  });
}

Deno.test("inspectImages() counts every class in every part, and finds the same image in two of them", async () => {
  await withFolder(async (folder) => {
    const files = [
      "train/a/1.png",
      "train/a/2.png",
      "train/b/3.png",
      "val/a/4.png",
      "test/b/5.png",
    ];
    await writeImages(folder, [
      ...files.slice(0, 2),
      ...new Array(60).fill("train/b/3.png"),
      ...files.slice(3),
    ]);
    await Deno.copyFile(join(folder, "train/a/2.png"), join(folder, "test/b/5.png"));
    await Deno.writeTextFile(join(folder, "train/a/x.gif"), "GIF89a");
    const inspection = await inspectImages(await load(folder));
    assert.deepEqual(inspection.classNames, ["a", "b"]);
    assert.deepEqual(inspection.perClass, { train: [2, 1], validation: [1, 0], test: [0, 1] });
    assert.deepEqual(inspection.sizes, { smallest: [4, 4], median: [4, 4], largest: [4, 4] });
    assert.deepEqual(inspection.passedOver.map(({ what }) => what), [".gif"]);
    const pairs = inspection.lookalikes.acrossClasses.examples.map((pair) =>
      pair.map((file) => file.slice(folder.length + 1)).sort()
    );
    assert.ok(
      pairs.some((pair) => pair.join() === "test/b/5.png,train/a/2.png"),
      JSON.stringify(pairs),
    );
  });
});

Deno.test("inspectImages() lists all bad images at once", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["train/a/1.png", "train/b/1.png", "val/a/1.png", "test/b/1.png"]);
    await Deno.writeTextFile(join(folder, "train/a/2.png"), "no picture");
    await Deno.symlink(join(folder, "none"), join(folder, "test/b/2.jpg"));
    await Deno.writeFile(join(folder, "val/a/3.webp"), new Uint8Array(0));
    await assert.rejects(
      inspectImages(await load(folder)),
      (error) => {
        assert.ok(error instanceof DataError);
        assert.match(error.message, /^Cannot use 3 images:/);
        for (const file of ["train/a/2.png", "test/b/2.jpg", "val/a/3.webp"]) {
          assert.ok(error.message.includes(file));
        }
        return true;
      },
    );
  });
});

Deno.test("inspectImages() orders sizes by their area", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["train/a/1.png", "train/b/2.png", "test/a/3.png"]);
    const images = await load(folder);
    const sizes = [[10, 100], [20, 20], [50, 50]] as const;
    const thumbnail = new Uint8Array(3);
    const inspect: typeof images.train.inspect = (_, { receive }) => {
      for (const [height, width] of sizes) receive(0, { file: "x", height, width, thumbnail });
      return Promise.resolve();
    };
    const none = () => Promise.resolve();
    const inspection = await inspectImages({
      ...images,
      train: { ...images.train, inspect },
      validation: { ...images.validation, inspect: none },
      test: { ...images.test, inspect: none },
    });
    const [median, smallest, largest] = sizes;
    assert.deepEqual(inspection.sizes, { smallest, median, largest });
  });
});
