import assert from "node:assert/strict";
import { join } from "node:path";
import { listMiniImageNet } from "../../../lib/datasets/find_mini_imagenet.ts";
import { miniImageNetFolderOf } from "../../../lib/datasets/mini_imagenet_folder.ts";
import { loadDataset } from "../../../lib/datasets/load_dataset.ts";
import { completeConfig } from "../../../lib/configuration/experiment_config.ts";
import { loadExperimentImages } from "../../../lib/runs/prepare_data.ts";
import { writeImages } from "./helpers/image_files.ts";
import { withFolder } from "../../helpers/with_folder.ts";

const CLASSES = ["n01", "n02", "n03"];

/** Thirty images, ten of each class, in one of the arrangements of copies. */
async function writeCopy(folder: string, arrangement: string): Promise<void> {
  const images = CLASSES.flatMap((name) =>
    Array.from({ length: 10 }, (_, at) => ({ name, file: `${name}_${at}.png`, at }))
  );
  if (arrangement === "classes") {
    return await writeImages(folder, images.map(({ name, file }) => `${name}/${file}`));
  }
  if (arrangement === "parts") {
    const partOf = (at: number) => at < 6 ? "train" : at < 8 ? "val" : "test";
    return await writeImages(
      folder,
      images.map(({ name, file, at }) => `${partOf(at)}/${name}/${file}`),
    );
  }
  await writeImages(folder, images.map(({ file }) => `images/${file}`));
  const lists = arrangement === "lists"
    ? { "train.csv": ["n01"], "val.csv": ["n02"], "test.csv": ["n03"] }
    : { "new_train.csv": ["n01", "n02"], "new_val.csv": ["n03"] };
  for (const [list, names] of Object.entries(lists)) {
    const lines = images.filter(({ name }) => names.includes(name))
      .map(({ name, file }) => `${file},${name}`);
    // As some copies come: a byte order mark, an empty line and Windows' line ends.
    const text = `\ufeff\r\nfilename,label\r\n${lines.join("\r\n")}\r\n`;
    await Deno.writeTextFile(join(folder, list), text);
  }
}

function configOf(directory: string, training = {}) {
  return completeConfig({
    data: { dataset: "mini-imagenet", directory, imageSize: 16 },
    training,
  });
}

for (const arrangement of ["classes", "parts", "lists", "new lists"]) {
  Deno.test(`loadDataset() reads mini-ImageNet in place from ${arrangement}`, async () => {
    await withFolder(async (directory) => {
      await writeCopy(join(directory, "mini-imagenet"), arrangement);
      const { data } = configOf(directory);
      assert.equal(data.resizeTo, 18);
      const { train, test } = await loadDataset(data);
      assert.deepEqual(train.classNames, CLASSES);
      assert.deepEqual([train.length, test.length], [27, 3]);
      assert.deepEqual([...test.labels], [0, 1, 2], "a tenth of every class");
      const seen = new Set<number>();
      for (const part of [train, test]) {
        const pixels = await part.read(Array.from(part.labels.keys()));
        for (let at = 0; at < part.length; at++) seen.add(pixels[at * 16 * 16 * 3]!);
      }
      assert.equal(seen.size, 30, "every image is in one part");
    });
  });
}

Deno.test("mini-ImageNet is split 8:1:1, and the same way for every seed", async () => {
  await withFolder(async (directory) => {
    await writeCopy(join(directory, "mini-imagenet"), "classes");
    const splits = [];
    for (const seed of [1, 2]) {
      const { train, validation, test } = await loadExperimentImages(
        configOf(directory, { seed }),
      );
      assert.deepEqual([train.length, validation.length, test.length], [24, 3, 3]);
      splits.push([train.fingerprint, validation.fingerprint, test.fingerprint]);
    }
    assert.deepEqual(splits[0], splits[1]);
  });
});

Deno.test("miniImageNetFolderOf() knows the set's own folder, however it is written", () => {
  assert.equal(miniImageNetFolderOf("data"), join("data", "mini-imagenet"));
  for (const own of ["data/mini-imagenet", "data/mini-imagenet/.", "data/mini-imagenet/n01/.."]) {
    assert.equal(miniImageNetFolderOf(own), own);
  }
});

Deno.test("listMiniImageNet() refuses lists that name files twice or that are not there", async () => {
  await withFolder(async (folder) => {
    await writeCopy(folder, "new lists");
    const list = join(folder, "new_val.csv");
    const text = await Deno.readTextFile(list);
    for (const className of ["n01", "n02"]) {
      await Deno.writeTextFile(list, `${text}n01_0.png,${className}\n`);
      await assert.rejects(listMiniImageNet(folder), /n01_0\.png is listed twice/);
    }
    await Deno.writeTextFile(list, `${text}absent.png,n01\n`);
    await assert.rejects(listMiniImageNet(folder), /absent\.png cannot be read/);
    await Deno.remove(list);
    await assert.rejects(listMiniImageNet(folder), /new_val\.csv is missing beside images/);
  });
  await withFolder(async (folder) => {
    await assert.rejects(
      listMiniImageNet(folder),
      /holds no class folders with PNG, JPEG or WebP images;/,
    );
  });
});
