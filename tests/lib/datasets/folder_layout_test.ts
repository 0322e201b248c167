import assert from "node:assert/strict";
import { join } from "node:path";
import { type FolderLayout, readFolderLayout } from "../../../lib/datasets/folder_layout.ts";
import { DataError } from "../../../lib/errors.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import { writeImages } from "./helpers/image_files.ts";

/** Files and labels of every part, as one text each. */
function outline({ train, validation, test }: FolderLayout): (string | null)[] {
  return [train, validation, test].map((listing) =>
    listing === null
      ? null
      : listing.files.map((file, index) => `${file}=${listing.classNames[listing.labels[index]!]}`)
        .join(" ")
  );
}

Deno.test("readFolderLayout() knows the parts by any usual name, in any case of letters", async () => {
  const names = [["train", "val", "test"], ["Training", "VALIDATION", "Testing"], [
    "TRAIN",
    "valid",
    "Test",
  ]];
  for (const [train, validation, test] of names) {
    await withFolder(async (folder) => {
      await writeImages(folder, [`${train}/a/1.png`, `${validation}/a/2.png`, `${test}/a/3.png`]);
      assert.deepEqual(outline(await readFolderLayout(folder)), [
        `${train}/a/1.png=a`,
        `${validation}/a/2.png=a`,
        `${test}/a/3.png=a`,
      ]);
    });
  }
});

Deno.test("readFolderLayout() tells whoever has a class called train to rename it", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["train/1.png", "bus/2.png", "ship/3.png"]);
    await assert.rejects(
      readFolderLayout(folder),
      /train must hold one folder per class, .* if it is a class, as bus is, rename it$/,
    );
  });
  await withFolder(async (folder) => {
    await writeImages(folder, ["train/1.png", "test/2.png"]);
    await assert.rejects(readFolderLayout(folder), /arrange the images as <class>\/<image>\.png$/);
  });
});

Deno.test("readFolderLayout() refuses two folders for one part", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["train/a/1.png", "val/a/2.png", "valid/a/3.png"]);
    await assert.rejects(
      readFolderLayout(folder),
      /two folders for the validation part, (val and valid|valid and val)/,
    );
  });
});

Deno.test("readFolderLayout() counts what it passes over, by ending and by kind", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, [
      "a/1.png",
      "b/deep/2.png",
      "__MACOSX/a/._1.png",
      "stray.png",
      "notes/readme.png.txt",
    ]);
    for (
      const file of ["a/x.BMP", "a/y.bmp", "b/z.gif", "b/list.txt", "a/Thumbs.db", ".DS_Store"]
    ) {
      await Deno.writeTextFile(join(folder, file), "x");
    }
    const layout = await readFolderLayout(folder);
    assert.deepEqual(outline(layout)[0], "a/1.png=a b/deep/2.png=b");
    const counts = layout.passedOver.map(({ what, count, arePictures }) =>
      `${count} ${what} ${arePictures}`
    );
    assert.deepEqual(counts.sort(), [
      "1 .gif true",
      "1 folders without images false",
      "1 images beside the classes false",
      "2 .bmp true",
      "2 .txt false",
      "3 hidden and system files false",
    ]);
  });
});

Deno.test("readFolderLayout() refuses a class whose pictures are all in formats that are not read", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["a/1.png", "b/2.heic"]);
    await assert.rejects(
      readFolderLayout(folder),
      (error) =>
        error instanceof DataError &&
        /b holds no PNG, JPEG or WebP file, but \.heic/.test(error.message),
    );
  });
});

Deno.test("readFolderLayout() opens a folder that holds nothing but another", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, [
      "pets-main/data/a/1.png",
      "pets-main/data/b/1.png",
      "__MACOSX/x.png",
    ]);
    const layout = await readFolderLayout(folder);
    assert.equal(layout.directory, join(folder, "pets-main", "data"));
    assert.deepEqual(layout.train.classNames, ["a", "b"]);
  });
});

Deno.test("readFolderLayout() reads lists named for the parts", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["images/1.png", "images/2.png", "images/3.png"]);
    await Deno.writeTextFile(
      join(folder, "train.csv"),
      "\ufefffilename,label\r\n1.png,10\r\n2.png,9\r\n",
    );
    await Deno.writeTextFile(join(folder, "val.csv"), "filename,label\n3.png,9\n");
    const layout = await readFolderLayout(folder);
    assert.deepEqual(layout.train.classNames, ["9", "10"]);
    assert.deepEqual(outline(layout), ["images/1.png=10 images/2.png=9", "images/3.png=9", null]);
  });
});

Deno.test("readFolderLayout() reads one list with quotes, tabs, a column for the part, and endings left out", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["labels_images/x, y.png", "labels_images/b.png"]);
    const rows = ["id\tbreed\tsplit", '"x, y"\tgreat dane\ttrain', "b\tgreat dane\tTEST"];
    await Deno.writeTextFile(join(folder, "labels.tsv"), rows.join("\n"));
    for (const path of [folder, join(folder, "labels.tsv")]) {
      assert.deepEqual(outline(await readFolderLayout(path)), [
        "labels_images/x, y.png=great dane",
        null,
        "labels_images/b.png=great dane",
      ]);
    }
  });
});

Deno.test("readFolderLayout() looks for the ending of every path of a list by itself", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["images/a.png", "images/b.jpg", "images/c.png", "images/d.v2.png"]);
    for (const paths of [["a", "b", "c.png", "d.v2"], ["c.png", "b", "a", "d.v2.png"]]) {
      await Deno.writeTextFile(
        join(folder, "list.csv"),
        paths.map((path) => `${path},x`).join("\n"),
      );
      const [train] = outline(await readFolderLayout(folder));
      assert.deepEqual(
        train!.split(" ").sort(),
        ["images/a.png=x", "images/b.jpg=x", "images/c.png=x", "images/d.v2.png=x"],
      );
    }
  });
});

Deno.test("readFolderLayout() reads a list beside the only folder, whose images lie by class", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["set/images/a/1.png", "set/images/a/2.png"]);
    await Deno.writeTextFile(
      join(folder, "set", "labels.csv"),
      "path,label,split\na/1.png,b,train\na/2.png,b,test\n",
    );
    await Deno.writeTextFile(join(folder, "set", "data.csv"), "name,age\nfoo,3\n");
    const layout = await readFolderLayout(folder);
    assert.deepEqual(layout.passedOver, [
      { what: ".csv", count: 1, example: join(folder, "set", "data.csv"), arePictures: false },
    ]);
    assert.deepEqual(outline(layout), [
      "images/a/1.png=b",
      null,
      "images/a/2.png=b",
    ]);
  });
});

Deno.test("readFolderLayout() takes class folders where a list is one of something else", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["a/1.png", "b/1.png"]);
    await Deno.writeTextFile(join(folder, "data.csv"), "name,age\nfoo,3\n");
    assert.deepEqual(outline(await readFolderLayout(folder))[0], "a/1.png=a b/1.png=b");
    await assert.rejects(
      readFolderLayout(join(folder, "data.csv")),
      /must have a row for every image/,
    );
  });
});

Deno.test("readFolderLayout() finds the column of the paths, and a list whose first row leads nowhere", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["a/1.png", "b/2.png"]);
    const list = join(folder, "labels.csv");
    for (const head of ["id,filename,label,split", "\nid,filename,label,split\n\n"]) {
      const rows = ["0,a/0.png,x,train", "1,a/1.png,y,train", "2,b/2.png,x,test"];
      await Deno.writeTextFile(list, [head, ...rows].join("\n"));
      assert.deepEqual(outline(await readFolderLayout(folder)), [
        "a/0.png=x a/1.png=y",
        null,
        "b/2.png=x",
      ]);
    }
  });
});

Deno.test("readFolderLayout() tells what separates the cells of the shortest list", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["1.png", "2.png"]);
    for (const sign of [",", ";", "\t"]) {
      for (const [head, name] of [["", "a"], ["sep=" + sign + "\r\n", '"a, b; c"']] as const) {
        const rows = [["file", "label"], ["1.png", name], ["2.png", "z"]];
        const text = head + rows.map((row) => `${row.join(sign)}\r\n`).join("");
        await Deno.writeTextFile(join(folder, "labels.csv"), text);
        const { train } = await readFolderLayout(folder);
        assert.deepEqual([train.classNames, train.files], [
          [name.replaceAll('"', ""), "z"],
          ["1.png", "2.png"],
        ]);
      }
    }
    await Deno.writeTextFile(join(folder, "labels.csv"), "1.png;a, b\n2.png;c, d\n");
    assert.deepEqual((await readFolderLayout(folder)).train.classNames, ["a, b", "c, d"]);
  });
});

Deno.test("readFolderLayout() refuses a list whose letters are lost, which would make two classes one", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["1.png", "2.png"]);
    const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const list = join(folder, "labels.csv");
    await Deno.writeFile(list, latin1("file;label\n1.png;B\xe4r\n2.png;B\xf6r\n"));
    await assert.rejects(readFolderLayout(folder), /row 2 of .*labels\.csv .* UTF-8/);
  });
});

Deno.test("readFolderLayout() says which of several columns has the classes", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["1.png", "2.png"]);
    const list = join(folder, "labels.csv");
    await Deno.writeTextFile(list, "file,class, species\n1.png,Aves,canus\n2.png,Aves,fuscus\n");
    const { description, train } = await readFolderLayout(folder);
    assert.deepEqual(train.classNames, ["Aves"]);
    const choice = 'classes from the column "class", not "species": leave one of them';
    assert.equal(description, `lists labels.csv; ${choice}`);
    await Deno.writeTextFile(list, "file,species\n1.png,canus\n2.png,fuscus\n");
    assert.equal((await readFolderLayout(folder)).description, "lists labels.csv");
  });
});

Deno.test("readFolderLayout() names faults of a list", async () => {
  const faults: [string, RegExp][] = [
    ["file,label\n1.png,a\n1.png,b\n", /1\.png is listed twice .*, as a and as b; keep one/],
    ["file,label\n1.png,a\n1.png,a\n", /1\.png is listed twice .*, both times as a; keep one/],
    [
      "file,label,split\n1.png,a,\n1.png,a,test\n",
      /1\.png is listed twice .*, for the train part and for the test part; .* keep one/,
    ],
    // Both would be the class Larus.
    [
      "file,label\n1.png,Larus, fuscus\n2.png,Larus, canus\n",
      /row 2 of .*labels\.csv has 3 cells, the first row 2, .*"1\.png,Larus, fuscus"; put a cell that holds ","/,
    ],
    ["1.png,Larus\n2.png,Larus, canus\n", /row 2 of .*labels\.csv has 3 cells, the first row 2/],
    [
      "file,label,\n1.png,Larus, fuscus\n",
      /row 2 of .*labels\.csv has 3 cells, the first row 2, .*no space before them/,
    ],
    // Rows have the numbers that they have in the file.
    ["\nsep=,\n\nfile,label\n1.png,a\n2.png,\n", /row 6 of .*labels\.csv must have a path and/],
    ['file,label\n1.png,"a\n2.png,b\n', /cell in row 2 of .*labels\.csv begins with a quotation/],
    ['file,label\n1.png,"a"b\n2.png,"b"\n', /cell in row 2 of .*labels\.csv begins with a quot/],
    ["file,label\n1.png,a\n2.png,\n", /row 3 of .*labels\.csv must have a path and a label/],
    [
      "file,label,split\n1.png,a,train\n2.png,b,test\n",
      /class b of 2\.png .* has no training images/,
    ],
    ["file,label,split\n1.png,a,test\n", /names no training images/],
    ["file,label\n1.png,a\nx/../1.png,a\n", /1\.png is listed twice/],
    [
      "file,label,split\n1.png,a,train\n2.png,a,holdout\n",
      /part in row 3 of .*labels\.csv must be train, validation or test.*"holdout"/,
    ],
    [
      "file,label,partition\n1.png,a,0\n2.png,a,1\n",
      /part in row 2 of .*labels\.csv must be train, validation or test.*"0".*column "partition"/,
    ],
    ["file,label,set\n1.png,a,0.0\n2.png,a,2.0\n", /must be train, .*"0\.0".*column "set"/],
    ["file,label,split\n1.png,a,learn\n2.png,a,judge\n", /must be train, .*"learn"/],
    ["file,label,dataset,split\n1.png,a,x,train\n2.png,a,x,9\n", /in row 3 .*"9".*"split"/],
  ];
  for (const [text, message] of faults) {
    await withFolder(async (folder) => {
      await writeImages(folder, ["1.png", "2.png"]);
      await Deno.writeTextFile(join(folder, "labels.csv"), text);
      await assert.rejects(readFolderLayout(folder), message);
    });
  }
});

Deno.test("readFolderLayout() reads lists whose rows end in several ways or in empty cells", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["1.png", "2.png", "3.png"]);
    for (
      const text of [
        "file,label\r\n1.png,a\n2.png,b\n3.png,b\n",
        "file,label\r\n1.png,a\r2.png,b\n3.png,b",
        "sep=,\r\nfile,label\n1.png,a,\n2.png,b,,\r\n3.png,b\r\n",
        '\ufeff"sep=,"\r\n"file", "label",\r\n"1.png", "a",\r\n2.png, "b"\r\n3.png,b\r\n',
        "\ufeff\r\n,\r\nfile,label\r\n1.png,a\r\n2.png,b\r\n3.png,b\r\n",
        '\n ,\n"",\nfile,label\n1.png,a\n2.png,b\n3.png,b\n',
        "\n1.png,a,\n2.png,b,\n3.png,b,\n",
      ]
    ) {
      await Deno.writeTextFile(join(folder, "labels.csv"), text);
      assert.deepEqual(outline(await readFolderLayout(folder)), [
        "1.png=a 2.png=b 3.png=b",
        null,
        null,
      ]);
    }
  });
});

Deno.test("readFolderLayout() refuses more classes than labels can tell apart", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["0.png"]);
    const rows = Array.from({ length: 65_537 }, (_, row) => `${row}.png,class ${row}`);
    await Deno.writeTextFile(join(folder, "labels.csv"), `file,label\n${rows.join("\n")}\n`);
    await assert.rejects(readFolderLayout(folder), /at most 65536 classes, current value is 65537/);
  });
});

Deno.test("readFolderLayout() knows a file again by its absolute path", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["1.png", "2.png"]);
    const text = `file,label,split\n1.png,a,train\n2.png,a,train\n${folder}/1.png,a,test\n`;
    await Deno.writeTextFile(join(folder, "labels.csv"), text);
    await assert.rejects(readFolderLayout(folder), /1\.png is listed twice/);
  });
});

Deno.test("readFolderLayout() passes over a column of a list that names no part", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["1.png", "2.png"]);
    const text = "file,label,dataset\n1.png,a,birds\n2.png,a,fish\n";
    await Deno.writeTextFile(join(folder, "labels.csv"), text);
    assert.deepEqual(outline(await readFolderLayout(folder)), ["1.png=a 2.png=a", null, null]);
    const both = "file,label,dataset,split\n1.png,a,birds,train\n2.png,a,fish,test\n";
    await Deno.writeTextFile(join(folder, "labels.csv"), both);
    assert.deepEqual(outline(await readFolderLayout(folder)), ["1.png=a", null, "2.png=a"]);
  });
});

Deno.test("readFolderLayout() takes parts without training images for no classes", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["val/a/1.png", "val/b/2.png", "test/a/3.png"]);
    await assert.rejects(
      readFolderLayout(folder),
      /has no folder of training images beside (test and val|val and test);.*name the folder itself .*[/\\](test|val)$/,
    );
  });
});

Deno.test("readFolderLayout() names the row of a list whose path leads nowhere, and what is wrong with it", async () => {
  const faults: [string, RegExp][] = [
    [
      "p\\0_0.png,a\np\\1.png,b\n",
      /row 1 has the path "p\\\\0_0\.png".*no file \/.*\/p\\0_0\.png; only its separators .*: write p\/0_0\.png/,
    ],
    [
      "path,label\n\ncafe\u0301.png,a\n",
      /row 3 has the path .*; only its accents are composed otherwise/,
    ],
    ["q/1.png,a\n", /row 1 has the path "q\/1\.png", but there is no file \/.*q\/1\.png; correct/],
    ["picture,kind\np/1.png,a\n", /row 1 seems to name the columns \("picture,kind"\); call them/],
    ["p/1.png,a,train\n", /columns of row 1 are "p\/1\.png,a,train", of which none .*path, label/],
    [
      "file,cat,dog\np/1.png,0,1\n",
      /"file,cat,dog", and 2 of them hold 0 or 1 only; write the name/,
    ],
    // Of two columns that may be the path, the one that names pictures.
    ["id,filename,label\n1,q/9.png,a\n", /row 2 has the path "q\/9\.png"/],
    ["path;label\n;\n", /but no row has a path/],
    ["\n\nid,filename,label\n1,q/9.png,a\n", /row 4 has the path "q\/9\.png"/],
    ["\n,\np/1.png,a,train\n", /columns of row 3 are "p\/1\.png,a,train"/],
    ["\n", /labels\.csv is empty/],
  ];
  for (const [text, message] of faults) {
    await withFolder(async (folder) => {
      await writeImages(folder, ["p/0_0.png", "p/1.png", "caf\u00e9.png"]);
      const list = join(folder, "labels.csv");
      await Deno.writeTextFile(list, text);
      await assert.rejects(readFolderLayout(list), message);
    });
  }
});

Deno.test("readFolderLayout() speaks of the list in a folder that has no folders of classes", async () => {
  await withFolder(async (folder) => {
    await writeImages(folder, ["1.png"]);
    await Deno.writeTextFile(join(folder, "labels.csv"), "images\\1.png,a\n");
    await assert.rejects(
      readFolderLayout(folder),
      /found 0 with images; .*labels\.csv is no list of images: row 1 .*; correct the paths/,
    );
    await writeImages(folder, ["images/1.png"]);
    await assert.rejects(
      readFolderLayout(folder),
      /has only one class of images, images, and .*labels\.csv is no .*: row 1 .*separators/,
    );
    // A list of something else is nobody's list of images.
    await Deno.writeTextFile(join(folder, "labels.csv"), "time,temperature\n12:00,21\n");
    const { train } = await readFolderLayout(folder);
    assert.deepEqual(train.classNames, ["images"]);
  });
});

Deno.test("readFolderLayout() takes a class whose accents are composed in two ways for one", async () => {
  const [composed, decomposed] = ["caf\u00e9", "cafe\u0301"];
  await withFolder(async (folder) => {
    await writeImages(folder, [`${composed}/1.png`, `${decomposed}/2.png`, "cage/3.png"]);
    const { train } = await readFolderLayout(folder);
    assert.deepEqual(train.classNames, [composed, "cage"]);
    assert.deepEqual(outline(await readFolderLayout(folder)), [
      `${decomposed}/2.png=${composed} ${composed}/1.png=${composed} cage/3.png=cage`,
      null,
      null,
    ]);
  });
  await withFolder(async (folder) => {
    await writeImages(folder, [`train/${decomposed}/1.png`, `val/${composed}/2.png`]);
    assert.deepEqual(outline(await readFolderLayout(folder)).slice(0, 2), [
      `train/${decomposed}/1.png=${decomposed}`,
      `val/${composed}/2.png=${decomposed}`,
    ]);
  });
  await withFolder(async (folder) => {
    await writeImages(folder, ["1.png", "2.png"]);
    const rows = `1.png,${composed}\n2.png,${decomposed}\n`;
    await Deno.writeTextFile(join(folder, "labels.csv"), rows);
    assert.deepEqual((await readFolderLayout(folder)).train.classNames, [composed]);
  });
});
