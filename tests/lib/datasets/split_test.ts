import assert from "node:assert/strict";
import { createInMemoryDataset } from "../../../lib/datasets/in_memory_dataset.ts";
import { splitTraining } from "../../../lib/datasets/split.ts";
import { subset } from "../../../lib/datasets/subset.ts";
import type { ImageDataset } from "../../../lib/datasets/dataset.ts";
import { makeDots } from "./helpers/dots.ts";

const PROTOCOL = { images: 100, validationFraction: 0.2, selection: "random", seed: 3 } as const;

/** The images of a part, recognised by their colour. */
async function membersOf(dataset: ImageDataset): Promise<number[]> {
  const pixels = await dataset.read(Array.from({ length: dataset.length }, (_, index) => index));
  return Array.from({ length: dataset.length }, (_, index) => pixels[index * 3]!);
}

Deno.test("splitTraining() draws disjoint parts of the sizes asked for", async () => {
  const { train, validation } = splitTraining(makeDots(200), PROTOCOL);
  const members = [...await membersOf(train), ...await membersOf(validation)];
  assert.deepEqual([train.length, validation.length], [80, 20]);
  assert.equal(new Set(members).size, 100);
  assert.ok(members.some((member) => member >= 100), "drawn from all images, not the first");
});

Deno.test("splitTraining() depends on the seed and on nothing else", async () => {
  const first = splitTraining(makeDots(200), PROTOCOL);
  const again = splitTraining(makeDots(200), PROTOCOL);
  const other = splitTraining(makeDots(200), { ...PROTOCOL, seed: 4 });
  assert.deepEqual(await membersOf(first.train), await membersOf(again.train));
  assert.equal(first.train.fingerprint, again.train.fingerprint);
  assert.notDeepEqual(await membersOf(first.train), await membersOf(other.train));
  assert.notEqual(first.validation.fingerprint, other.validation.fingerprint);
});

Deno.test("splitTraining() keeps the order of the files with `first`", async () => {
  const options = { images: 10, validationFraction: 0.2, selection: "first", seed: 1 } as const;
  const { train, validation } = splitTraining(makeDots(50), options);
  assert.deepEqual(await membersOf(train), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(await membersOf(validation), [8, 9]);
});

Deno.test("splitTraining() takes all images with null and holds none out with 0", () => {
  const options = { images: null, validationFraction: 0, selection: "random", seed: 0 } as const;
  const { train, validation } = splitTraining(makeDots(50), options);
  assert.deepEqual([train.length, validation.length], [50, 0]);
});

Deno.test("splitTraining() refuses what cannot be split", () => {
  const dots = makeDots(10);
  const options = { ...PROTOCOL, images: 10 };
  for (const images of [0, 11, 2.5]) {
    assert.throws(
      () => splitTraining(dots, { ...options, images }),
      /images must be an integer in/,
    );
  }
  for (const validationFraction of [-0.1, 1, NaN]) {
    assert.throws(() => splitTraining(dots, { ...options, validationFraction }), RangeError);
  }
  assert.throws(
    () => splitTraining(dots, { ...options, images: 1, validationFraction: 0.6 }),
    /leaves none to train on/,
  );
});

Deno.test("subset() of a subset reads the right images and checks its own bounds", async () => {
  const part = subset(subset(makeDots(20), [3, 5, 7, 9]), [2, 0, 2]);
  assert.deepEqual(await membersOf(part), [7, 3, 7]);
  assert.deepEqual([...part.labels], [7, 3, 7]);
  assert.throws(() => part.read([3]), RangeError);
  assert.throws(() => subset(makeDots(3), [3]), RangeError);
});

Deno.test("splitTraining() takes the same share of every class where it is asked to", () => {
  const labels = Uint16Array.from({ length: 100 }, (_, at) => at < 60 ? 0 : at < 90 ? 1 : 2);
  const dataset = createInMemoryDataset({
    name: "dots",
    classNames: ["a", "b", "c"],
    height: 1,
    width: 1,
    images: Uint8Array.from({ length: 300 }, (_, at) => Math.floor(at / 3)),
    labels,
  });
  for (
    const [validationFraction, expected] of [[0.2, [12, 6, 2]], [0.25, [15, 8, 2]], [0, [
      0,
      0,
      0,
    ]]] as const
  ) {
    for (const seed of [1, 2]) {
      const options = {
        images: null,
        validationFraction,
        selection: "random",
        seed,
        stratified: true,
      } as const;
      const { train, validation } = splitTraining(dataset, options);
      const counts = [0, 1, 2].map((label) =>
        validation.labels.filter((each) => each === label).length
      );
      assert.deepEqual(counts, expected);
      assert.equal(train.length + validation.length, 100);
    }
  }
  const draw = async (seed: number) => {
    const options = {
      images: 50,
      validationFraction: 0.2,
      selection: "random",
      seed,
      stratified: true,
    } as const;
    const { train, validation } = splitTraining(dataset, options);
    const all = (length: number) => Array.from({ length }, (_, at) => at);
    const seen = [
      ...await train.read(all(train.length)),
      ...await validation.read(all(validation.length)),
    ];
    assert.equal(new Set(seen).size, 50, "no image is in both parts");
    return seen.join();
  };
  return Promise.all([draw(1), draw(1), draw(2)]).then(([first, again, other]) => {
    assert.equal(first, again);
    assert.notEqual(first, other);
  });
});

Deno.test("splitTraining() leaves a class its last image, as long as others have some to spare", () => {
  // Ten classes of one image, and one of the others.
  const splitOf = (others: number) => {
    const length = 10 + others;
    const dataset = createInMemoryDataset({
      ...{ name: "few", classNames: "abcdefghijk".split(""), height: 1, width: 1 },
      images: new Uint8Array(3 * length),
      labels: Uint16Array.from({ length }, (_, image) => Math.min(image, 10)),
    });
    return splitTraining(dataset, {
      ...{ images: null, validationFraction: 0.2, selection: "random", seed: 1, stratified: true },
    });
  };
  const { train, validation } = splitOf(10);
  assert.deepEqual([...validation.labels], [10, 10, 10, 10]);
  assert.equal(new Set(train.labels).size, 11);
  const scarce = splitOf(1);
  assert.deepEqual([scarce.train.length, scarce.validation.length], [9, 2], "all have one");
});
