import assert from "node:assert/strict";
import { join } from "node:path";
import { DataError } from "../../../lib/errors.ts";
import { fetchDataset } from "../../../lib/datasets/fetch_dataset.ts";
import { loadDataset } from "../../../lib/datasets/load_dataset.ts";
import { selectImageMember } from "../../../lib/datasets/mini_imagenet.ts";
import { startFileServer } from "./helpers/file_server.ts";
import { makePng, writeImages } from "./helpers/image_files.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import { gzip, makeTar } from "./helpers/make_tar.ts";
import { smallImages as source } from "./helpers/small_sources.ts";

const CLASSES = ["n01/1.png", "n01/2.png", "n02/1.png", "n02/2.png"];

async function installedFiles(path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    if (!isDirectory) names.push(name);
    else {for await (const inner of Deno.readDir(join(path, name))) {
        names.push(`${name}/${inner.name}`);
      }}
  }
  return names.sort();
}

Deno.test("fetchDataset() takes images as class folders, in parts, and below another folder", async () => {
  const arrangements = [
    CLASSES,
    ["train/n01/1.png", "val/n01/2.png", "test/n02/1.png", "train/n02/2.png"],
    CLASSES.map((file) => `copy/${file}`),
  ];
  for (const files of arrangements) {
    await withFolder(async (folder) => {
      await writeImages(join(folder, "mine"), files);
      const options = { directory: join(folder, "data"), source, from: join(folder, "mine") };
      const { path, manifest } = await fetchDataset("small-images", options);
      assert.deepEqual(await installedFiles(path), ["manifest.json", ...CLASSES].sort());
      assert.equal(manifest.official, false);
      assert.equal((await fetchDataset("small-images", options)).status, "present");
    });
  }
});

Deno.test("fetchDataset() takes images with lists, and checks the lists", async () => {
  await withFolder(async (folder) => {
    const from = join(folder, "mine");
    await writeImages(from, ["images/a.png", "images/b.png", "images/c.png", "images/d.png"]);
    const lists = { train: "a.png,n01\nb.png,n01", val: "c.png,n02", test: "d.png,n02" };
    for (const [part, lines] of Object.entries(lists)) {
      await Deno.writeTextFile(join(from, `${part}.csv`), `filename,label\n${lines}\n`);
    }
    const options = { directory: join(folder, "data"), source, from };
    const { path } = await fetchDataset("small-images", options);
    assert.deepEqual(await installedFiles(path), [
      "manifest.json",
      "n01/a.png",
      "n01/b.png",
      "n02/c.png",
      "n02/d.png",
    ]);
    await Deno.writeTextFile(join(from, "val.csv"), "filename,label\n../../c.png,n02\n");
    await assert.rejects(
      fetchDataset("small-images", { ...options, force: true }),
      /line 2 of .*val\.csv must be "filename,label"/,
    );
    assert.equal((await fetchDataset("small-images", options)).status, "present");
  });
});

Deno.test("fetchDataset() names the image that a list has and the copy has not", async () => {
  await withFolder(async (folder) => {
    await writeImages(join(folder, "mine", "images"), ["a.png", "b.png", "c.png"]);
    for (const list of ["train", "val", "test"]) {
      const lines = list === "train" ? ["a.png,n01", "b.png,n01", "c.png,n02", "gone.png,n02"] : [];
      await Deno.writeTextFile(
        join(folder, "mine", `${list}.csv`),
        ["filename,label", ...lines, ""].join("\n"),
      );
    }
    const options = { directory: join(folder, "data"), source, from: join(folder, "mine") };
    await assert.rejects(
      fetchDataset("small-images", options),
      /gone\.png cannot be read, .*take the image off its list/,
    );
  });
});

Deno.test("fetchDataset() takes images from an archive, here or on a mirror", async () => {
  await withFolder(async (folder) => {
    const members = [...CLASSES, "../evil/x.png", "n01/._1.png", "n01/readme.txt"].map(
      (name, index) => ({ name: `mini/train/${name}`, content: makePng(index) }),
    );
    const archive = await gzip(makeTar(members.filter(({ name }) => !name.includes("evil"))));
    await Deno.writeFile(join(folder, "mini.tar.gz"), archive);
    const local = await fetchDataset("small-images", {
      directory: join(folder, "one"),
      source,
      from: join(folder, "mini.tar.gz"),
    });
    assert.deepEqual(await installedFiles(local.path), ["manifest.json", ...CLASSES].sort());
    await using server = startFileServer(() => ({ content: makeTar(members.slice(0, 4)) }));
    const mirrored = await fetchDataset("small-images", {
      directory: join(folder, "two"),
      source,
      mirrors: [`${server.origin}/mini.tar`],
    });
    assert.deepEqual(mirrored.manifest.files, local.manifest.files);
    assert.match(mirrored.manifest.archive?.sha256 ?? "", /^[0-9a-f]{64}$/);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(join(folder, "two")), (e) => e.name), [
      "small-images",
    ]);
  });
});

Deno.test("fetchDataset() refuses copies with other counts, files or namesakes", async () => {
  const faults: [string[], RegExp][] = [
    [["n01/1.png", "n01/2.png"], /must hold 2 classes, current value is 1; mini-ImageNet has no/],
    [CLASSES.slice(1), /class n01 must have 2 images, current value is 1/],
    [
      ["train/n01/1.png", "test/n01/1.png", "train/n02/1.png", "test/n02/2.png"],
      /has a namesake in class n01/,
    ],
  ];
  for (const [files, message] of faults) {
    await withFolder(async (folder) => {
      await writeImages(join(folder, "mine"), files);
      const options = { directory: join(folder, "data"), source, from: join(folder, "mine") };
      await assert.rejects(fetchDataset("small-images", options), message);
      assert.deepEqual(await Array.fromAsync(Deno.readDir(join(folder, "data"))), []);
    });
  }
  await withFolder(async (folder) => {
    await writeImages(join(folder, "mine"), CLASSES);
    await Deno.writeTextFile(join(folder, "mine/n02/2.png"), "GIF89a");
    const options = { directory: join(folder, "data"), source, from: join(folder, "mine") };
    await assert.rejects(fetchDataset("small-images", options), /2\.png is neither PNG nor JPEG/);
  });
});

Deno.test("fetchDataset() explains how to get mini-ImageNet", async () => {
  await withFolder(async (directory) => {
    await assert.rejects(
      fetchDataset("mini-imagenet", { directory }),
      /has no open address.*--from.*--mirror.*100 classes of 600 images/,
    );
    assert.deepEqual(await Array.fromAsync(Deno.readDir(directory)), []);
  });
});

Deno.test("selectImageMember() takes over checked names only", () => {
  const select = (name: string, isRegular = true, bytes = 10) =>
    selectImageMember({ name, isRegular, bytes });
  assert.equal(select("a/b/n01/x.JPEG"), "n01/x.JPEG");
  assert.equal(select("mini/val.csv"), "val.csv");
  for (
    const name of ["../x.jpg", "x.jpg", "./x.jpg", "a/.x.jpg", "a b/x.jpg", "a/x.jpg/", "a/x.sh"]
  ) {
    assert.equal(select(name), null, name);
  }
  assert.equal(select("n01/x.jpg", false), null);
  assert.equal(select("n01/x.jpg", true, 1e9), null);
});

Deno.test("loadDataset() reads an installed mini-ImageNet with a tenth of every class as test", async () => {
  await withFolder(async (directory) => {
    const files = ["n01", "n02"].flatMap((name) =>
      Array.from({ length: 10 }, (_, index) => `mini-imagenet/${name}/${index}.png`)
    );
    await writeImages(directory, files);
    const { train, test } = await loadDataset({
      dataset: "mini-imagenet",
      directory,
      imageSize: 4,
      resizeTo: null,
      splitSeed: null,
      classes: 10,
      images: null,
      validationFraction: 1 / 9,
      selection: "random",
      testImages: null,
    });
    assert.deepEqual([train.length, test.length, train.name], [18, 2, "mini-imagenet"]);
    assert.deepEqual([...test.labels], [0, 1]);
  });
});

Deno.test("fetchDataset() refuses a class whose name no file system takes", async () => {
  await withFolder(async (folder) => {
    const from = join(folder, "mine");
    await writeImages(from, ["images/a.png"]);
    const lists = { train: `a.png,n${"1".repeat(300)}`, val: "", test: "" };
    for (const [part, line] of Object.entries(lists)) {
      await Deno.writeTextFile(join(from, `${part}.csv`), `filename,label\n${line}\n`);
    }
    await assert.rejects(
      fetchDataset("small-images", { directory: join(folder, "data"), source, from }),
      (error) => error instanceof DataError && /must be "filename,label"/.test(error.message),
    );
  });
});

Deno.test("fetchDataset() stops at an archive that unpacks to far more than images do", async () => {
  await withFolder(async (folder) => {
    const content = new Uint8Array(60e6);
    const members = ["n01/1.png", "n01/2.png"].map((name) => ({ name, content }));
    const from = join(folder, "bomb.tar.gz");
    await Deno.writeFile(from, await gzip(makeTar(members)));
    const directory = join(folder, "data");
    await assert.rejects(
      fetchDataset("small-images", { directory, source, from }),
      (error) => error instanceof DataError && /unpacks to more than \d+ bytes/.test(error.message),
    );
    assert.deepEqual(await Array.fromAsync(Deno.readDir(directory)), []);
  });
});

Deno.test({
  name: "fetchDataset() takes data from files and folders, not from a pipe",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      const from = join(folder, "pipe");
      await new Deno.Command("mkfifo", { args: [from] }).output();
      await assert.rejects(
        fetchDataset("small-images", { directory: join(folder, "data"), source, from }),
        (error) => error instanceof DataError && /a pipe or a device/.test(error.message),
      );
    }),
});

Deno.test("fetchDataset() names the archive, and no folder of its own, where its images are not as expected", async () => {
  const png = makePng(7);
  const cases: [Record<string, Uint8Array>, RegExp][] = [
    [{ "mini/n01/1.png": png, "mini/n01/2.png": png }, /: \S*set\.tar must hold 2 classes,/],
    [
      Object.fromEntries(CLASSES.map((name) => [`mini/${name}`, new Uint8Array(9)])),
      /: \S*set\.tar.n01.1\.png is neither PNG nor JPEG nor WebP/,
    ],
    [
      Object.fromEntries(CLASSES.slice(0, 3).map((name) => [`mini/${name}`, png])),
      /class n02 must have 2 images, current value is 1 in \S*set\.tar;/,
    ],
  ];
  for (const [members, message] of cases) {
    await withFolder(async (folder) => {
      const from = join(folder, "set.tar");
      const entries = Object.entries(members).map(([name, content]) => ({ name, content }));
      await Deno.writeFile(from, makeTar(entries));
      const fetching = fetchDataset("small-images", { directory: folder, source, from });
      await assert.rejects(fetching, message);
    });
  }
});
