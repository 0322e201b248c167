import assert from "node:assert/strict";
import { join } from "node:path";
import { DataError } from "../../../lib/errors.ts";
import { loadPart, loadPartForModel } from "../../../lib/runs/load_part.ts";
import { loadExperimentImages } from "../../../lib/runs/prepare_data.ts";
import { makePng, writeImages } from "../datasets/helpers/image_files.ts";
import { TINY_CARD } from "../../helpers/tiny_training.ts";
import { tinyRunConfig } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import type { DataPart } from "../../../lib/datasets/data_part.ts";
import type { ExperimentConfig } from "../../../lib/configuration/experiment_config.ts";
import type { ModelCard } from "../../../lib/training/checkpoint_card.ts";

/** What the checkpoint of a run with these images says. */
async function cardOf(config: ExperimentConfig): Promise<ModelCard> {
  const { train } = await loadExperimentImages(config);
  const { classNames, height, width, fingerprint } = train;
  return { ...TINY_CARD, classNames, image: { height, width }, trainFingerprint: fingerprint };
}

/** Loads a part of images for a model that may have been trained on others. */
function load(config: ExperimentConfig, card: ModelCard, part: DataPart) {
  return loadPartForModel(config, { card, part });
}

function isRefusal(part: DataPart, advice: RegExp) {
  return (error: unknown) =>
    error instanceof DataError && error.message.includes(`on the ${part} images`) &&
    advice.test(error.message);
}

Deno.test("loadPartForModel() gives every part of the run's own images", async () => {
  const config = tinyRunConfig();
  const card = await cardOf(config);
  const { dataset, images } = await load(config, card, "validation");
  assert.equal(dataset.length, 24);
  assert.deepEqual([images.train, images.validation, images.test], [96, 24, 40]);
  assert.equal((await load(config, card, "train")).dataset.fingerprint, card.trainFingerprint);
  assert.equal((await load(config, card, "test")).dataset.length, 40);
});

Deno.test("loadPartForModel() refuses validation and training images that were drawn otherwise", async () => {
  const card = await cardOf(tinyRunConfig());
  const other = tinyRunConfig({ training: { seed: 2 } });
  for (const part of ["validation", "train"] as const) {
    await assert.rejects(
      load(other, card, part),
      isRefusal(part, /take the part test \(--part\)$/),
    );
  }
  // These test images are a part of their own, whatever the training images are.
  assert.equal((await load(other, card, "test")).dataset.length, 40);
});

Deno.test("loadPartForModel() refuses a test part that was drawn anew from a folder with more images", async () => {
  await withFolder(async (folder) => {
    const files = ["a", "b"].flatMap((name) =>
      Array.from({ length: 12 }, (_, index) => `${name}/${index}.png`)
    );
    await writeImages(folder, files);
    const config = tinyRunConfig({
      data: {
        ...{ dataset: "folder", directory: folder, imageSize: 4, resizeTo: null },
        ...{ images: null, testImages: null },
      },
    });
    const card = await cardOf(config);
    assert.equal((await load(config, card, "test")).dataset.length, 2);
    await writeImages(folder, ["a/more.png"]);
    await assert.rejects(load(config, card, "test"), isRefusal("test", /train\/<class>/));
    // The test part is refused as they stand, so that nobody is sent there.
    const advice = /the run's; give the data .*, or arrange the images .* and take the part test/;
    await assert.rejects(load(config, card, "train"), isRefusal("train", advice));
  });
});

Deno.test("loadPartForModel() takes the test folder of other images of the same classes", async () => {
  await withFolder(async (folder) => {
    const [own, other] = ["own", "other"].map((name) => join(folder, name));
    for (const [directory, count] of [[own!, 6], [other!, 9]] as const) {
      const numbers = Array.from({ length: count }, (_, index) => index);
      const files = numbers.flatMap((index) => [`train/a/${index}.png`, `train/b/${index}.png`]);
      await writeImages(directory, [...files, "test/a/0.png", "test/b/0.png"]);
    }
    const data = { dataset: "folder", imageSize: 4, resizeTo: null, images: null } as const;
    const changes = { ...data, testImages: null };
    const card = await cardOf(tinyRunConfig({ data: { ...changes, directory: own! } }));
    const config = tinyRunConfig({ data: { ...changes, directory: other! } });
    assert.equal((await load(config, card, "test")).dataset.length, 2);
  });
});

Deno.test("loadPartForModel() takes all images of a folder that cannot be the run's, and some of its classes", async () => {
  await withFolder(async (folder) => {
    // One image of a class, and one class alone, are enough to look at.
    await writeImages(folder, ["b/1.png", "c/1.png", "c/2.png"]);
    const data = { dataset: "folder", directory: folder, imageSize: 4, resizeTo: null } as const;
    const config = tinyRunConfig({
      data: { ...data, images: null, testImages: null },
      training: { patience: 1 },
    });
    const card = {
      ...TINY_CARD,
      ...{ classNames: ["a", "c", "b"], image: { height: 4, width: 4 }, trainFingerprint: "f" },
    };
    const of = (part: DataPart) => loadPartForModel(config, { card, part, areOthers: true });
    const { dataset, images } = await of("test");
    assert.deepEqual(dataset.classNames, card.classNames);
    assert.deepEqual([...dataset.labels], [2, 1, 1]);
    assert.equal((await dataset.read([2])).length, 48);
    assert.deepEqual(images, { train: 0, validation: 0, test: 3, pool: 3 });
    await assert.rejects(of("train"), /there are no train images/);
    await Deno.remove(join(folder, "b"), { recursive: true });
    assert.deepEqual([...(await of("test")).dataset.labels], [1, 1]);
    await writeImages(folder, ["d/1.png"]);
    await assert.rejects(of("test"), /the images have d, which the model does not know/);
  });
});

Deno.test("loadPart() keeps no pixels of image files, which training does", async () => {
  await withFolder(async (folder) => {
    const files = ["train", "test"].flatMap((part) => [`${part}/a/1.png`, `${part}/b/1.png`]);
    await writeImages(folder, files);
    const config = tinyRunConfig({
      data: {
        ...{ dataset: "folder", directory: folder, imageSize: 4, resizeTo: null },
        ...{ images: null, testImages: null, validationFraction: 0 },
      },
    });
    const { dataset } = await loadPart(config, "test");
    const { test: kept } = await loadExperimentImages(config);
    const greyOf = async ({ read }: typeof dataset) => (await read([0]))[0];
    assert.deepEqual([await greyOf(dataset), await greyOf(kept)], [2, 2]);
    await Deno.writeFile(join(folder, "test/a/1.png"), makePng(77));
    assert.deepEqual([await greyOf(dataset), await greyOf(kept)], [77, 2]);
  });
});
