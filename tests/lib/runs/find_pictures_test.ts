import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { DataError } from "../../../lib/errors.ts";
import { findPictures } from "../../../lib/runs/find_pictures.ts";
import { writeImages } from "../datasets/helpers/image_files.ts";
import { withFolder } from "../../helpers/with_folder.ts";

function noList(): Promise<string> {
  throw new Error("standard input was not asked for");
}

Deno.test("findPictures() takes files, folders with folders in them, patterns and a list, in their order", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, [
      "b/2.png",
      "b/deep/er/1.webp",
      "a/10.png",
      "a/9.png",
      "[odd].png",
      ".hidden/x.png",
    ]);
    await Deno.writeTextFile(join(folder, "b", "film.gif"), "GIF89a");
    const at = (path: string) => join(folder, path);
    const find = async (words: string[]) =>
      (await findPictures(words, () => Promise.resolve("list/x.png\r\n\nlist/y.png\n"))).files;
    assert.deepEqual(await find([at("[odd].png"), "-", "gone.png"]), [
      at("[odd].png"),
      "list/x.png",
      "list/y.png",
      "gone.png",
    ]);
    const zeros = () => Promise.resolve("list/two\nlines.png\0\0list/y.png\0");
    assert.deepEqual((await findPictures(["-"], zeros)).files, [
      "list/two\nlines.png",
      "list/y.png",
    ]);
    assert.deepEqual(await find([at("b")]), [at("b/2.png"), at("b/deep/er/1.webp")]);
    assert.deepEqual(await find([at("a/*.png")]), [at("a/10.png"), at("a/9.png")]);
    assert.deepEqual(await find([at("**/2.*")]), [at("b/2.png")]);
    const { passedOver } = await findPictures([folder], noList);
    assert.deepEqual(passedOver.map(({ what, count }) => `${count} ${what}`).sort(), [
      "1 .gif",
      "1 hidden and system files",
    ]);
  });
});

Deno.test("findPictures() refuses a picture in place of a list", async () => {
  const beginnings = [
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    [0xff, 0xd8, 0xff, 0xe0, 0, 16],
    [
      ...new TextEncoder().encode("RIFF"),
      0x9a,
      0x80,
      1,
      0,
      ...new TextEncoder().encode("WEBPVP8 "),
    ],
  ];
  for (const bytes of beginnings) {
    const read = () => Promise.resolve(new TextDecoder().decode(Uint8Array.from(bytes)));
    await assert.rejects(findPictures(["-"], read), /on stdin: it is a picture; give the path/);
  }
});

Deno.test("findPictures() takes the folders that a pattern gives, and each picture once", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["1.png", "sub-b/4.png", "sub/2.png", "sub/deep/3.png"]);
    await Deno.writeTextFile(join(folder, "sub", "film.gif"), "GIF89a");
    const find = async (pattern: string) => {
      const { files, passedOver } = await findPictures([join(folder, pattern)], noList);
      const names = files.map((file) => relative(folder, file)).sort();
      return [names, passedOver.map(({ what, count }) => `${count} ${what}`)];
    };
    const all = ["1.png", "sub-b/4.png", "sub/2.png", "sub/deep/3.png"];
    assert.deepEqual(await find("*"), [all, ["1 .gif"]]);
    assert.deepEqual(await find("s*"), [all.slice(1), ["1 .gif"]]);
    // What a pattern names itself is tried, as it is where the shell expands it.
    const named = [...all, "sub/film.gif"];
    assert.deepEqual(await find("**"), [named, []]);
    assert.deepEqual((await find("**/*"))[0], named);
    assert.deepEqual(await find("**/deep"), [["sub/deep/3.png"], []]);
    await Deno.writeTextFile(join(folder, "sub", "deep", "film.gif"), "GIF89a");
    assert.deepEqual((await find("{sub,sub/deep}"))[1], ["2 .gif"], "each is counted once");
    await Deno.mkdir(join(folder, "linked"));
    await Deno.symlink(join(folder, "sub"), join(folder, "linked", "to"));
    assert.deepEqual((await find("linked/**"))[0], ["linked/to/2.png", "linked/to/deep/3.png"]);
  });
});

Deno.test("findPictures() answers a picture once where links lead in a circle", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["a/1.png", "b/2.png"]);
    await Deno.symlink(folder, join(folder, "a", "up"));
    await Deno.symlink(join(folder, "b"), join(folder, "a", "across"));
    const { files, passedOver } = await findPictures([folder], noList);
    // A folder that is linked to from beside is named in two ways, and both are asked for.
    assert.deepEqual(files, ["a/1.png", "a/across/2.png", "b/2.png"].map((at) => join(folder, at)));
    assert.deepEqual(passedOver.map(({ what, count }) => `${count} ${what}`), [
      "1 links back to a folder above",
    ]);
  });
});

Deno.test("findPictures() refuses words that stand for nothing", async () => {
  await withFolder(async (folder) => {
    for (const word of [folder, join(folder, "*.png")]) {
      await assert.rejects(
        findPictures([word], noList),
        (error) => error instanceof DataError && error.message.includes(word),
      );
    }
    await assert.rejects(findPictures(["-"], () => Promise.resolve("\n")), /the list on stdin/);
  });
});
