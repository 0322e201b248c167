import assert from "node:assert/strict";
import { join } from "node:path";
import { loadExperimentImages } from "../../../lib/runs/prepare_data.ts";
import { writeImages } from "../datasets/helpers/image_files.ts";
import { tinyRunConfig } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";

Deno.test("loadExperimentImages() takes fewer test images of a folder from all of its classes", () =>
  withFolder(async (directory) => {
    const parts = ["train", "test"].flatMap((part) =>
      ["a", "b", "c"].flatMap((name) =>
        Array.from({ length: 10 }, (_, index) => `${part}/${name}/${index}.png`)
      )
    );
    await writeImages(directory, parts);
    const labelsOf = async (testImages: number | null) => {
      const dataset = "folder";
      const data = { dataset, directory, images: null, testImages, imageSize: 8 } as const;
      return [...(await loadExperimentImages(tinyRunConfig({ data }))).test.labels];
    };
    assert.deepEqual(await labelsOf(6), [0, 0, 1, 1, 2, 2]);
    assert.deepEqual(await labelsOf(3), [0, 1, 2]);
    assert.deepEqual(await labelsOf(1), [1]);
    assert.deepEqual(await labelsOf(30), await labelsOf(null));
  }));

Deno.test("loadExperimentImages() takes the first test images of a set whose order is that of its publisher", async () => {
  const all = await loadExperimentImages(
    tinyRunConfig({ data: { imageSize: 16, testImages: null } }),
  );
  const { test } = await loadExperimentImages(
    tinyRunConfig({ data: { imageSize: 16, testImages: 7 } }),
  );
  const positions = [0, 1, 2, 3, 4, 5, 6];
  assert.deepEqual(await test.read(positions), await all.test.read(positions));
});

Deno.test("loadExperimentImages() says where the only class of a list or of folders comes from", () =>
  withFolder(async (directory) => {
    await writeImages(directory, ["a/1.png", "a/2.png"]);
    const load = (place: string) => {
      const data = { dataset: "folder", directory: place, images: null, imageSize: 8 } as const;
      return loadExperimentImages(tinyRunConfig({ data }));
    };
    await assert.rejects(load(directory), /2 classes at least.* add a folder for every class/);
    const list = join(directory, "list.csv");
    await Deno.writeTextFile(list, "file,class,species\na/1.png,Aves,b\na/2.png,Aves,c\n");
    await assert.rejects(load(list), /1 \(Aves\); .* from lists list\.csv; classes from .*"class"/);
  }));

Deno.test("loadExperimentImages() draws by the seed of the split where there is one, so that runs share it", async () => {
  const fingerprintOf = async (splitSeed: number | null, seed: number) => {
    // Drawn on demand: the set of ten classes takes two seconds.
    const data = { images: 100, testImages: 11, classes: 11, splitSeed };
    const { validation } = await loadExperimentImages(tinyRunConfig({ data, training: { seed } }));
    return validation.fingerprint;
  };
  assert.equal(await fingerprintOf(7, 1), await fingerprintOf(7, 2));
  assert.notEqual(await fingerprintOf(null, 1), await fingerprintOf(null, 2));
  assert.equal(await fingerprintOf(7, 1), await fingerprintOf(null, 7));
});

Deno.test("loadExperimentImages() holds images of every class of a person's folder out", () =>
  withFolder(async (directory) => {
    const places = ["a", "b", "c"]
      .flatMap((name) => [0, 1, 2, 3].map((index) => `train/${name}/${index}.png`));
    await writeImages(directory, [...places, "test/a/1.png"]);
    for (const seed of [1, 2, 3, 4]) {
      const part = { dataset: "folder", directory, images: null, imageSize: 8 } as const;
      const data = { ...part, testImages: null, validationFraction: 0.25 };
      const config = tinyRunConfig({ data, training: { seed } });
      const { validation } = await loadExperimentImages(config);
      assert.deepEqual([...validation.labels].sort(), [0, 1, 2]);
    }
  }));
