import assert from "node:assert/strict";
import { createInMemoryDataset } from "../../../lib/datasets/in_memory_dataset.ts";
import { makeDots } from "./helpers/dots.ts";

const PARTS = {
  name: "pair",
  classNames: ["a", "b"],
  height: 1,
  width: 2,
  images: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
  labels: Uint16Array.of(1, 0),
};

Deno.test("createInMemoryDataset() reads images in the order wanted, repeats too", async () => {
  const dataset = createInMemoryDataset(PARTS);
  const pixels = await dataset.read([1, 0, 1]);
  assert.deepEqual([...pixels], [7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  pixels.fill(0);
  assert.deepEqual([...await dataset.read([0])], [1, 2, 3, 4, 5, 6]);
  assert.equal((await dataset.read([])).length, 0);
});

Deno.test("createInMemoryDataset() refuses wrong sizes, labels and indices", async () => {
  assert.throws(
    () => createInMemoryDataset({ ...PARTS, width: 3 }),
    /2 images of 1 x 3 x 3 need 18 bytes, current value is 12/,
  );
  assert.throws(
    () => createInMemoryDataset({ ...PARTS, labels: Uint16Array.of(0, 2) }),
    /label must be in 0\.\.1, image 1 has 2/,
  );
  const scaled = Float32Array.from(PARTS.images, (value) => value / 255) as unknown as Uint8Array;
  assert.throws(
    () => createInMemoryDataset({ ...PARTS, images: scaled }),
    (error) => error instanceof TypeError && /must be bytes of 0\.\.255/.test(error.message),
  );
  for (const labels of [Int32Array.of(0, -1), [0, 0.5], Uint8Array.of(0, 1)]) {
    assert.throws(
      () => createInMemoryDataset({ ...PARTS, labels: labels as unknown as Uint16Array }),
      { name: "TypeError", message: /labels must be numbers of classes in a Uint16Array/ },
    );
  }
  for (const [height, width] of [[-1, -2], [0.5, 4]] as const) {
    assert.throws(
      () => createInMemoryDataset({ ...PARTS, height, width }),
      { name: "RangeError", message: /height must be a whole number of at least 1/ },
    );
  }
  for (const names of [undefined, null, "ab", [1, 2]]) {
    assert.throws(
      () => createInMemoryDataset({ ...PARTS, classNames: names as unknown as string[] }),
      { name: "TypeError", message: /classNames must be a list of texts/ },
    );
  }
  assert.throws(
    () => createInMemoryDataset({ ...PARTS, classNames: ["a", "a"] }),
    { name: "RangeError", message: /every class must have a name of its own, "a" is there twice/ },
  );
  for (const parts of [undefined, null, 5, { ...PARTS, name: undefined }]) {
    assert.throws(
      () => createInMemoryDataset(parts as unknown as typeof PARTS),
      { name: "TypeError", message: /it must be \{ name, classNames, .* with a text for a name/ },
    );
  }
  for (const index of [-1, 2, 0.5, NaN]) {
    await assert.rejects(createInMemoryDataset(PARTS).read([index]), RangeError);
  }
});

Deno.test("createInMemoryDataset() has a fingerprint that follows the content", () => {
  const { fingerprint } = createInMemoryDataset(PARTS);
  assert.match(fingerprint, /^[0-9a-f]{16}$/);
  assert.equal(createInMemoryDataset({ ...PARTS, name: "other" }).fingerprint, fingerprint);
  const variants = [
    { ...PARTS, images: PARTS.images.map((value) => value ^ 1) },
    { ...PARTS, labels: Uint16Array.of(0, 0) },
    { ...PARTS, classNames: ["a", "c"] },
    { ...PARTS, height: 2, width: 1 },
  ];
  const all = [fingerprint, ...variants.map((parts) => createInMemoryDataset(parts).fingerprint)];
  assert.equal(new Set(all).size, 5);
});

Deno.test("makeDots() of the helpers is what its comment says", async () => {
  assert.deepEqual([...await makeDots(13).read([12])], [12, 12, 12]);
});
