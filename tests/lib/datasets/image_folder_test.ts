import assert from "node:assert/strict";
import { join } from "node:path";
import { loadImageFolder } from "../../../lib/datasets/image_folder.ts";
import { subset } from "../../../lib/datasets/subset.ts";
import { DataError } from "../../../lib/errors.ts";
import { writeImages } from "./helpers/image_files.ts";
import { withFolder } from "../../helpers/with_folder.ts";

Deno.test("loadImageFolder() reads train and test folders in sorted order", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, [
      "train/dog/b.png",
      "train/dog/a.PNG",
      "train/cat/z.png",
      "test/dog/t.png",
      "train/cat/.hidden.png",
    ]);
    await Deno.writeTextFile(join(folder, "train/cat/notes.txt"), "not an image");
    const { train, test } = await loadImageFolder(folder, { imageSize: 2, name: "pets" });
    assert.deepEqual(train.classNames, ["cat", "dog"]);
    assert.deepEqual([...train.labels], [0, 1, 1]);
    // The test part has no cat: labels still follow the training classes.
    assert.deepEqual([test.classNames, [...test.labels]], [["cat", "dog"], [1]]);
    const pixels = await train.read([2, 0, 1]);
    assert.deepEqual([pixels[0], pixels[12], pixels[24]], [0, 2, 1]);
    assert.equal(pixels.length, 36);
    assert.equal(train.name, "pets");
  });
});

Deno.test("loadImageFolder() calls a dataset by its folder, however that is written", () =>
  withFolder(async (folder) => {
    await writeImages(folder, ["pets/cat/1.png", "pets/cat/2.png"]);
    for (const path of ["pets", "pets/", "pets/.", "pets/cat/.."]) {
      const { train, test } = await loadImageFolder(`${folder}/${path}`, { imageSize: 2 });
      assert.deepEqual([train.name, test.name], ["pets", "pets"], path);
    }
  }));

Deno.test("loadImageFolder() draws a tenth of every class as the test part", async () => {
  await withFolder(async (folder) => {
    const files = ["a", "b"].flatMap((name) =>
      Array.from({ length: name === "a" ? 20 : 3 }, (_, index) => `${name}/${index}.png`)
    );
    await writeImages(folder, files);
    const first = await loadImageFolder(folder, { imageSize: 1 });
    const again = await loadImageFolder(folder, { imageSize: 1 });
    assert.deepEqual([...first.test.labels], [0, 0, 1]);
    assert.equal(first.train.length, 20);
    assert.equal(first.test.fingerprint, again.test.fingerprint);
    const all = (length: number) => Array.from({ length }, (_, index) => index);
    const seen = [...await first.train.read(all(20)), ...await first.test.read(all(3))];
    assert.equal(new Set(seen).size, 23, "no image is in both parts");
  });
});

Deno.test("loadImageFolder() changes its fingerprint with files, lengths and size", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["a/1.png", "a/2.png", "b/1.png", "b/2.png"]);
    const fingerprint = async (imageSize: number) =>
      (await loadImageFolder(folder, { imageSize })).train.fingerprint;
    const before = await fingerprint(4);
    assert.notEqual(await fingerprint(5), before);
    const file = join(folder, "b/2.png");
    const content = await Deno.readFile(file);
    // Whichever of the class is the test image, the other is told by its length.
    for (const name of ["b/1.png", "b/2.png"]) {
      await Deno.writeFile(join(folder, name), new Uint8Array(content.length + 1));
    }
    assert.notEqual(await fingerprint(4), before);
    for (const name of ["b/1.png", "b/2.png"]) await Deno.writeFile(join(folder, name), content);
    assert.equal(await fingerprint(4), before);
    await Deno.rename(join(folder, "b/2.png"), join(folder, "b/3.png"));
    assert.notEqual(await fingerprint(4), before);
  });
});

Deno.test("loadImageFolder() names a damaged image when it is read", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["train/a/1.png", "test/a/1.png"]);
    await Deno.writeTextFile(join(folder, "train/a/2.png"), "no picture");
    const { train } = await loadImageFolder(folder, { imageSize: 2 });
    await train.read([0]);
    await assert.rejects(train.read([1]), /train\/a\/2\.png is neither PNG nor JPEG/);
    await assert.rejects(train.read([2]), RangeError);
  });
});

Deno.test("loadImageFolder() refuses folders that are arranged otherwise", async () => {
  const faults: [string[], RegExp][] = [
    [[], /must hold one folder per class, found 0/],
    [["train/a/1.png"], /needs at least 2 images, .* but 1 class of .* has one \(a\); add images/],
    [["train/a/1.png", "test/b/1.png"], /class b of .*test has no training images/],
    // All at once: who has many species has many of one image.
    [["a/1.png", "b/1.png", "c/1.png", "c/2.png"], /but 2 classes of .* have one \(a, b\); add/],
  ];
  for (const [files, message] of faults) {
    await withFolder(async (folder) => {
      await writeImages(folder, files);
      await assert.rejects(loadImageFolder(folder, { imageSize: 2 }), message);
    });
  }
  await withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "empty"));
    await assert.rejects(loadImageFolder(folder, { imageSize: 2 }), /found 0 with images/);
    // An exported model does not know where its images lay.
    await assert.rejects(
      loadImageFolder(join(folder, "no"), { imageSize: 2 }),
      (error) => error instanceof DataError && /no such folder.* \(--data\)$/.test(error.message),
    );
    await assert.rejects(loadImageFolder(folder, { imageSize: 0 }), RangeError);
  });
});

Deno.test("loadImageFolder() follows links, and passes over those beside images that are none", async () => {
  await withFolder(async (directory) => {
    await writeImages(directory, ["train/a/1.png", "test/a/1.png", "elsewhere/2.png"]);
    const train = join(directory, "train");
    await Deno.symlink(join(directory, "elsewhere"), join(train, "b"));
    await Deno.symlink(join(directory, "elsewhere", "2.png"), join(train, "a", "2.png"));
    for (const name of ["notes.txt", "notes"]) {
      await Deno.symlink(join(directory, "none"), join(train, "a", name));
    }
    await Deno.symlink(join(directory, "elsewhere"), join(train, "a", "linked"));
    const { train: images, passedOver } = await loadImageFolder(directory, {
      imageSize: 4,
      resizeTo: 4,
    });
    assert.deepEqual([images.classNames, images.length], [["a", "b"], 3]);
    assert.deepEqual(passedOver?.map(({ what }) => what).sort(), [
      ".txt",
      "files without an ending",
      "folders beside the parts",
      "links to folders within a class",
    ]);
    // An image or a class that is missed is not left out in silence.
    await Deno.symlink(join(directory, "none"), join(train, "a", "3.png"));
    const { train: more } = await loadImageFolder(directory, { imageSize: 4 });
    await assert.rejects(more.read([2]), /a\/3\.png cannot be opened/);
    await Deno.remove(join(train, "a", "3.png"));
    await Deno.symlink("3.png", join(train, "a", "3.png"));
    await Deno.symlink("circle", join(train, "a", "circle"));
    const { train: circled } = await loadImageFolder(directory, { imageSize: 4 });
    assert.equal(circled.length, 4);
    await assert.rejects(circled.read([2]), /a\/3\.png cannot be opened/);
    await Deno.symlink(join(directory, "none"), join(train, "c"));
    await assert.rejects(
      loadImageFolder(directory, { imageSize: 4, resizeTo: 4 }),
      (error) =>
        error instanceof DataError && /train\/c is a link that leads nowhere/.test(error.message),
    );
  });
});

Deno.test("loadImageFolder() takes a validation part of its own, and leaves a test part that is missing empty", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["Train/a/1.png", "Train/b/1.png", "VALID/b/1.png"]);
    const { train, validation, test, testIsDrawn } = await loadImageFolder(folder, {
      imageSize: 2,
    });
    assert.deepEqual([...train.labels], [0, 1]);
    assert.deepEqual([...validation!.labels], [1]);
    assert.equal((await validation!.read([0]))[0], 2);
    assert.deepEqual([test.length, testIsDrawn], [0, undefined]);
  });
});

Deno.test("loadImageFolder() offers an inspection that tells sizes and names bad images", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["train/a/1.png", "train/b/1.png", "test/b/1.png"]);
    await Deno.writeTextFile(join(folder, "train/a/2.png"), "no picture");
    const { train } = await loadImageFolder(folder, { imageSize: 2 });
    const part = subset(train, [2, 1, 0]);
    const found: string[] = [];
    await part.inspect!([0, 1, 2], {
      receive: (index, { height, width, thumbnail }) =>
        found.push(`${index}: ${height} x ${width}, ${thumbnail[0]}`),
      refuse: (index, reason) => found.push(`${index}: ${reason.slice(0, 19)}`),
    });
    assert.deepEqual(found.sort(), ["0: 4 x 4, 1", "1: Cannot decode image", "2: 4 x 4, 0"]);
  });
});
