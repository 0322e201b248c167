import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { encode } from "fast-png";
import { decodeInParallel } from "../../../lib/datasets/decode_in_parallel.ts";
import { createFolderDataset } from "../../../lib/datasets/folder_dataset.ts";
import { listImageFolder } from "../../../lib/datasets/list_image_folder.ts";
import { prepareImage } from "../../../lib/datasets/prepare_image.ts";
import { DataError } from "../../../lib/errors.ts";

const COUNT = 40;

async function withImages(body: (folder: string, files: string[]) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(folder, "things"));
    const files: string[] = [];
    for (let image = 0; image < COUNT; image++) {
      const data = Uint8Array.from({ length: 12 * 10 * 3 }, (_, at) => (at * (image + 5)) % 251);
      const file = join(folder, "things", `${String(image).padStart(3, "0")}.png`);
      await Deno.writeFile(file, encode({ width: 12, height: 10, channels: 3, depth: 8, data }));
      files.push(file);
    }
    await body(folder, files);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("decodeInParallel() gives the pixels that one thread gives, each once", () =>
  withImages(async (_, files) => {
    const found = new Map<number, Uint8Array>();
    await decodeInParallel(files, {
      side: 8,
      receive: (position, { pixels }) => {
        assert.ok(!found.has(position));
        found.set(position, pixels);
      },
    });
    assert.equal(found.size, COUNT);
    for (const [position, pixels] of found) {
      const file = files[position]!;
      assert.deepEqual(pixels, prepareImage(await Deno.readFile(file), { file, size: 8 }));
    }
  }));

Deno.test("decodeInParallel() names the file that is damaged or gone", () =>
  withImages(async (_, files) => {
    const options = { side: 8, receive: () => {} };
    await Deno.writeFile(files[30]!, new Uint8Array([137, 80, 78, 71, 0, 0]));
    await assert.rejects(
      decodeInParallel(files, options),
      (error) => error instanceof DataError && error.message.includes("030.png"),
    );
    await Deno.remove(files[30]!);
    await assert.rejects(
      decodeInParallel(files, options),
      (error) =>
        error instanceof DataError &&
        /Cannot read image: .*030\.png cannot be opened/.test(error.message),
    );
  }));

Deno.test("decodeInParallel() goes past bad files where somebody hears of them", () =>
  withImages(async (_, files) => {
    for (const bad of [3, 30]) await Deno.writeTextFile(files[bad]!, "no picture");
    const refused: [number, string][] = [];
    let received = 0;
    await decodeInParallel(files, {
      side: 8,
      receive: (_position, { width, height }) => {
        assert.deepEqual([width, height], [12, 10]);
        received++;
      },
      refuse: (position, error) => refused.push([position, error.message]),
    });
    assert.equal(received, COUNT - 2);
    assert.deepEqual(refused.map(([position]) => position), [3, 30]);
    assert.match(refused[1]![1], /030\.png is neither PNG nor JPEG nor WebP/);
  }));

for (const [what, maxCacheBytes] of [["all", undefined], ["a few", 10 * 8 * 8 * 3]] as const) {
  Deno.test(`createFolderDataset() reads the same with many threads, ${what} pictures kept`, () =>
    withImages(async (folder) => {
      const listing = await listImageFolder(folder);
      const options = { directory: folder, name: "things", imageSize: 8 };
      const one = createFolderDataset(listing, options);
      const many = createFolderDataset(listing, {
        ...options,
        ...(maxCacheBytes === undefined ? {} : { maxCacheBytes }),
      });
      const order = Array.from({ length: COUNT }, (_, index) => (index * 7) % COUNT);
      const expected: number[] = [];
      for (const index of order) expected.push(...await one.read([index]));
      for (let time = 0; time < 2; time++) assert.deepEqual([...await many.read(order)], expected);
    }));
}

/** A PNG of one colour: a few bytes for any size. */
function plainPng(width: number, height: number): Uint8Array {
  const data = new Uint8Array(width * height * 3).fill(90);
  return encode({ width, height, channels: 3, depth: 8, data });
}

Deno.test("decodeInParallel() decodes pictures that are too large for a thread one after the other", () =>
  withImages(async (_, files) => {
    const large = [3, 20];
    for (const image of large) await Deno.writeFile(files[image]!, plainPng(60, 50));
    const found: [position: number, grey: number | undefined][] = [];
    await decodeInParallel(files, {
      side: 8,
      // Every picture of the others has 120 pixels.
      maxPixels: 1000,
      receive: (position, { pixels }) => found.push([position, pixels[0]]),
    });
    assert.equal(found.length, COUNT);
    assert.deepEqual(found.slice(-2), large.map((position) => [position, 90]));
  }));

Deno.test("decodeInParallel() says so when a thread leaves without an answer, and does not wait for it", () =>
  withImages(async (folder, files) => {
    const path = join(folder, "worker.mjs");
    await Deno.writeTextFile(
      path,
      `import process from "node:process";
      import { parentPort } from "node:worker_threads";
      parentPort.on("message", () => process.exit(3));`,
    );
    await assert.rejects(
      decodeInParallel(files, { side: 8, receive: () => {}, worker: pathToFileURL(path) }),
      (error) => error instanceof DataError && /a thread .* ended before/.test(error.message),
    );
  }));
