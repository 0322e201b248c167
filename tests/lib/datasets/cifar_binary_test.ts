import assert from "node:assert/strict";
import { join } from "node:path";
import {
  checkClassNames,
  cifarLayouts,
  encodeCifarBinary,
  readCifarBinary,
} from "../../../lib/datasets/cifar_binary.ts";
import { cifar100ClassNames, loadCifar100 } from "../../../lib/datasets/cifar100.ts";
import { cifar10ClassNames, loadCifar10 } from "../../../lib/datasets/cifar10.ts";
import { DataError } from "../../../lib/errors.ts";
import { sharedDataDirectory } from "../../helpers/shared_data.ts";

const TEN = { name: "cifar10", classNames: cifar10ClassNames };

/** A record of the official layout: labels, then each plane with its own values. */
function makeRecord(...labels: number[]): Uint8Array {
  const record = new Uint8Array(labels.length + 3072);
  record.set(labels);
  for (let at = 0; at < 1024; at++) {
    record[labels.length + at] = at & 0xff;
    record[labels.length + 1024 + at] = (at * 3) & 0xff;
    record[labels.length + 2048 + at] = 255 - (at & 0xff);
  }
  return record;
}

async function withFile(
  content: Uint8Array,
  act: (file: string, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(join(folder, "batch.bin"), content);
    await act(join(folder, "batch.bin"), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readCifarBinary() turns planes into interleaved colours", async () => {
  await withFile(makeRecord(7), async (file) => {
    const dataset = await readCifarBinary(cifarLayouts.cifar10, [file, file], TEN);
    assert.deepEqual([...dataset.labels], [7, 7]);
    assert.deepEqual([dataset.height, dataset.width], [32, 32]);
    const pixels = await dataset.read([1]);
    for (const [row, column] of [[0, 0], [0, 1], [1, 0], [31, 31]] as const) {
      const at = row * 32 + column;
      assert.deepEqual(
        [...pixels.subarray(at * 3, at * 3 + 3)],
        [at & 0xff, (at * 3) & 0xff, 255 - (at & 0xff)],
      );
    }
  });
});

Deno.test("readCifarBinary() takes the fine label of CIFAR-100", async () => {
  await withFile(makeRecord(19, 99), async (file) => {
    const reading = { name: "cifar100", classNames: cifar100ClassNames };
    const fine = await readCifarBinary(cifarLayouts.cifar100, [file], reading);
    assert.equal(fine.labels[0], 99);
    assert.deepEqual([...(await fine.read([0])).subarray(0, 3)], [0, 0, 255]);
  });
});

Deno.test("readCifarBinary() names record, file and remedy of a bad label", async () => {
  const two = new Uint8Array([...makeRecord(9), ...makeRecord(10)]);
  await withFile(two, async (file) => {
    await assert.rejects(readCifarBinary(cifarLayouts.cifar10, [file], TEN), (error) => {
      assert.ok(error instanceof DataError);
      assert.ok(error.message.includes(`record 1 of ${file} holds 10`));
      assert.ok(error.message.includes('"fetch-data cifar10"'));
      return true;
    });
  });
});

Deno.test("readCifarBinary() refuses files that are no whole number of records", async () => {
  for (const length of [0, 1, 3072, 3074, 2 * 3073 - 1]) {
    await withFile(new Uint8Array(length), async (file) => {
      await assert.rejects(
        readCifarBinary(cifarLayouts.cifar10, [file], TEN),
        new RegExp(`multiple of 3073 bytes, .* has ${length};`),
      );
    });
  }
  await assert.rejects(readCifarBinary(cifarLayouts.cifar10, ["/nowhere"], TEN), DataError);
});

Deno.test("readCifarBinary() refuses a file of far more records than the publisher's before it reads it", async () => {
  await withFile(new Uint8Array(0), async (file) => {
    // Twenty gigabytes that take no room on the disk.
    await Deno.truncate(file, 7_000_000 * 3073);
    await assert.rejects(
      readCifarBinary(cifarLayouts.cifar10, [file], TEN),
      (error) => error instanceof DataError && /for at most 100000 images/.test(error.message),
    );
  });
});

Deno.test("encodeCifarBinary() is undone by readCifarBinary()", async () => {
  const images = Uint8Array.from({ length: 2 * 3072 }, (_, at) => (at * 13) & 0xff);
  const labels = Uint16Array.of(3, 0);
  await withFile(encodeCifarBinary(images, labels), async (file) => {
    const dataset = await readCifarBinary(cifarLayouts.cifar10, [file], TEN);
    assert.deepEqual(await dataset.read([0, 1]), images);
    assert.deepEqual(dataset.labels, labels);
  });
  assert.throws(() => encodeCifarBinary(images, Uint16Array.of(256, 0)), RangeError);
});

Deno.test("checkClassNames() takes the official list and refuses another order", async () => {
  const official = new TextEncoder().encode(`${cifar10ClassNames.join("\n")}\n\n`);
  await withFile(official, async (file, folder) => {
    await checkClassNames(file, cifar10ClassNames);
    await checkClassNames(join(folder, "absent.txt"), cifar10ClassNames);
    const swapped = ["automobile", "airplane", ...cifar10ClassNames.slice(2)];
    await assert.rejects(checkClassNames(file, swapped), /label 0 must be "automobile"/);
    await assert.rejects(checkClassNames(file, [...cifar10ClassNames, "more"]), /says nothing/);
  });
});

Deno.test("loadCifar10() reads the batches that are there, from the folder or its parent", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(
      loadCifar10(folder),
      /fetch it with "fetch-data cifar10 --directory .*, or name the folder that holds it/,
    );
    await Deno.mkdir(join(folder, "cats"));
    await assert.rejects(
      loadCifar10(folder),
      /must be in .*; if these are pictures of your own, train on them with --dataset folder; else fetch it with "fetch-data/,
    );
    const inner = join(folder, "cifar-10-batches-bin");
    await Deno.mkdir(inner);
    await Deno.writeFile(join(inner, "data_batch_4.bin"), makeRecord(4));
    await Deno.writeFile(join(inner, "data_batch_2.bin"), makeRecord(2));
    await assert.rejects(loadCifar10(folder), /test_batch\.bin cannot be opened/);
    await Deno.writeFile(join(inner, "test_batch.bin"), makeRecord(5));
    for (const directory of [folder, inner]) {
      const { train, test } = await loadCifar10(directory);
      assert.deepEqual([[...train.labels], [...test.labels]], [[2, 4], [5]]);
    }
    await Deno.writeTextFile(join(inner, "batches.meta.txt"), "cat\n");
    await assert.rejects(loadCifar10(folder), /batches\.meta\.txt says something else/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("loadCifar100() reads training and test part", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(loadCifar100(folder), /fetch-data cifar100/);
    await Deno.writeFile(join(folder, "train.bin"), makeRecord(4, 0));
    await Deno.writeFile(join(folder, "test.bin"), makeRecord(4, 99));
    const { train, test } = await loadCifar100(folder);
    assert.equal(train.classNames[train.labels[0]!], "apple");
    assert.equal(test.classNames[test.labels[0]!], "worm");
    assert.equal(new Set(train.classNames).size, 100);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: sharedDataDirectory === null
    ? "loadCifar10() of real images (skipped: ../shared/data is not there)"
    : "loadCifar10() of real images finds about as many of every class",
  ignore: sharedDataDirectory === null,
  async fn() {
    const { train, test } = await loadCifar10(sharedDataDirectory!);
    assert.deepEqual([train.length, test.length], [10_000, 10_000]);
    const counts = new Array<number>(10).fill(0);
    for (const label of test.labels) counts[label]! += 1;
    assert.deepEqual(counts, new Array(10).fill(1000));
  },
});

Deno.test("cifar100ClassNames are a hundred, in the order of the alphabet as in the archive", () => {
  assert.equal(cifar100ClassNames.length, 100);
  assert.deepEqual(cifar100ClassNames, [...cifar100ClassNames].sort());
});
