import assert from "node:assert/strict";
import { join } from "node:path";
import { crc32, gzipSync } from "node:zlib";
import { encode } from "fast-png";
import fc from "fast-check";
import { readCifarBinary } from "../../lib/datasets/cifar_binary.ts";
import { cifarLayouts, encodeCifarBinary } from "../../lib/datasets/cifar_binary.ts";
import { manifestFile, readManifest } from "../../lib/datasets/dataset_manifest.ts";
import { readFolderLayout } from "../../lib/datasets/folder_layout.ts";
import { decodeImage } from "../../lib/datasets/decode_image.ts";
import { parseContentRange, retryAfterMilliseconds } from "../../lib/datasets/http_request.ts";
import { selectImageMember, stageImages } from "../../lib/datasets/mini_imagenet.ts";
import { readTar, selectExpected } from "../../lib/datasets/read_tar.ts";
import { makeTar } from "../../tests/lib/datasets/helpers/make_tar.ts";
import { type FuzzTarget, fuzzTarget } from "./fuzz_target.ts";
import { mutatedBytes, mutatedText } from "./mutations.ts";

/** Names that have led writers of archives out of their folder. */
const MEMBER_NAMES = [
  ...[
    "set/a.bin",
    "set/names.txt",
    "../a.bin",
    "/etc/x",
    "set/../../b",
    "n01/a.jpg",
    "../../c/d.jpg",
  ],
  ...[
    "train/n01/b.png",
    "..\\a.jpg",
    "n01/..",
    "./n01/a.jpg",
    "n01/.hidden.jpg",
    "train.csv",
    "a/\0.jpg",
  ],
];

const member = fc.record({
  name: fc.constantFrom(...MEMBER_NAMES),
  content: fc.oneof(fc.constant(new Uint8Array(700).fill(7)), fc.uint8Array({ maxLength: 1200 })),
  type: fc.constantFrom(
    "0",
    "0",
    "0",
    "\0",
    "1",
    "2",
    "3",
    "5",
    "6",
    "7",
    "L",
    "K",
    "S",
    "V",
    "x",
    "g",
  ),
  link: fc.constantFrom("", "../../x", "/etc/passwd", "set/a.bin"),
  claimedBytes: fc.option(fc.constantFrom(0, 1, 699, 701, 10_000, 2 ** 31, 8 ** 11 - 1), {
    nil: undefined,
    freq: 4,
  }),
  hasBadChecksum: fc.constantFrom(false, false, false, false, true),
});

/** An archive, whole or damaged, plain or compressed; now and then one that swells. */
const archive = fc.oneof(
  {
    arbitrary: fc.tuple(
      fc.array(member, { maxLength: 5 }).map((members) =>
        makeTar(
          members.map(({ claimedBytes, ...rest }) =>
            claimedBytes === undefined ? rest : { ...rest, claimedBytes }
          ),
        )
      ),
      fc.boolean(),
    ).map(([tar, isPacked]) => isPacked ? new Uint8Array(gzipSync(tar)) : tar),
    weight: 60,
  },
  {
    arbitrary: mutatedBytes([
      makeTar([{ name: "set/a.bin", content: new Uint8Array(700) }]),
      new Uint8Array(gzipSync(makeTar([{ name: "n01/a.jpg", content: new Uint8Array(700) }]))),
    ]),
    weight: 60,
  },
  fc.constantFrom(new Uint8Array(gzipSync(new Uint8Array(30_000_000))), gzipBomb()),
);

/** Two megabytes of one member, packed; the member claims to be as large as a header can say. */
function gzipBomb(): Uint8Array {
  const tar = makeTar([{
    name: "n01/a.jpg",
    content: new Uint8Array(2e6),
    claimedBytes: 8 ** 11 - 1,
  }]);
  return new Uint8Array(gzipSync(tar));
}

const selectBin = selectExpected([
  { name: "set/a.bin", output: "a.bin", bytes: 700, isOptional: false },
  { name: "set/names.txt", output: "names.txt", bytes: 800, isOptional: true },
]);

async function readArchive(bytes: Uint8Array, folder: string): Promise<void> {
  for (const [select, place] of [[selectBin, "bin"], [selectImageMember, "images"]] as const) {
    const target = join(folder, place);
    await Deno.mkdir(target);
    const path = join(folder, `${place}.tar`);
    await Deno.writeFile(path, bytes);
    const files = await readTar(path, { folder: target, select, maxBytes: 1e6 });
    for (const { name, bytes: length } of files) {
      assert.match(name, /^[\w.-]+(\/[\w.-]+)?$/);
      const status = await Deno.lstat(join(target, name));
      assert.ok(status.isFile && status.size === length, name);
    }
  }
}

const CLASS_NAMES = ["a", "b", "c"];
const goodBatch = encodeCifarBinary(new Uint8Array(3 * 3072).fill(9), Uint16Array.of(0, 1, 2));

async function readBatch(bytes: Uint8Array, folder: string): Promise<void> {
  const path = join(folder, "batch.bin");
  await Deno.writeFile(path, bytes);
  const data = await readCifarBinary(cifarLayouts.cifar10, [path], {
    name: "fuzz",
    classNames: CLASS_NAMES,
  });
  assert.equal(data.length * 3073, bytes.length);
  const all = await data.read(Uint32Array.from({ length: data.length }, (_, index) => index));
  assert.deepEqual(encodeCifarBinary(all, data.labels), new Uint8Array(bytes));
}

const FIXTURES = new URL("../../tests/fixtures/images/", import.meta.url);

function fixtures(ending: string): Uint8Array[] {
  return [FIXTURES, new URL("corpus/", FIXTURES)].flatMap((folder) =>
    [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(ending))
      .map(({ name }) => name).sort().map((name) => Deno.readFileSync(new URL(name, folder)))
  );
}

/** Writes the right checksum behind every chunk, so that damage gets past it, as a malicious file would. */
function withChecksums(png: Uint8Array): Uint8Array {
  const bytes = png.slice();
  const view = new DataView(bytes.buffer);
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > bytes.length) break;
    view.setUint32(end, crc32(bytes.subarray(at + 4, end)));
    at = end + 4;
  }
  return bytes;
}

function readImage(bytes: Uint8Array): void {
  const { width, height, data } = decodeImage(bytes, "fuzz");
  assert.ok(width >= 1 && height >= 1);
  assert.equal(data.length, width * height * 3);
}

const png = encode({ width: 2, height: 2, channels: 3, depth: 8, data: new Uint8Array(12) });
const LISTS = ["train.csv", "val.csv", "test.csv"];

async function readLists(list: string, folder: string): Promise<void> {
  const [from, stage] = [join(folder, "from"), join(folder, "stage")];
  await Deno.mkdir(join(from, "images"), { recursive: true });
  await Deno.mkdir(stage);
  for (const name of ["a.jpg", "b.jpg"]) await Deno.writeFile(join(from, "images", name), png);
  for (const name of LISTS) {
    await Deno.writeTextFile(join(from, name), name === "train.csv" ? list : "filename,label\n");
  }
  const files = await stageImages(from, { stage, expected: { classes: 2, imagesPerClass: 1 } });
  for (const { name } of files) assert.ok((await Deno.lstat(join(stage, name))).isFile);
}

async function readImageLayout(list: string, folder: string): Promise<void> {
  for (const name of ["a.png", "b.png"]) await Deno.writeFile(join(folder, name), png);
  await Deno.writeTextFile(join(folder, "labels.csv"), list);
  const { train, validation, test } = await readFolderLayout(folder);
  for (const part of [train, validation, test]) {
    if (part === null) continue;
    assert.equal(part.files.length, part.labels.length);
    assert.ok(part.labels.every((label) => part.classNames[label] !== undefined));
  }
}

const goodManifest = JSON.stringify(
  {
    ...{
      formatVersion: 1,
      dataset: "cifar10",
      source: { kind: "url", location: "https://x.test/a" },
    },
    ...{ official: true, archive: null },
    files: [{ name: "a.bin", bytes: 3, sha256: "0".repeat(64) }],
  },
  null,
  2,
);

async function readDatasetManifest(text: string, folder: string): Promise<void> {
  await Deno.writeTextFile(join(folder, manifestFile), text);
  const manifest = await readManifest(folder);
  assert.equal(manifest?.formatVersion, 1);
}

function readHeaders([range, retry]: [string, string]): void {
  const parsed = parseContentRange(range);
  for (const number of [parsed?.start ?? 0, parsed?.total ?? 0]) assert.ok(Number.isFinite(number));
  const wait = retryAfterMilliseconds(retry, 1e12);
  assert.ok(wait === null || wait >= 0 && Number.isFinite(wait), `${wait}`);
}

/** Readers of what datasets and their servers send. */
export const dataTargets: readonly FuzzTarget[] = [
  fuzzTarget({ name: "tar archives", cases: 8_000, input: archive, read: readArchive }),
  fuzzTarget({
    name: "CIFAR batches",
    cases: 4_000,
    input: mutatedBytes([goodBatch, goodBatch.subarray(0, 3073)]),
    read: readBatch,
  }),
  fuzzTarget({
    name: "PNG",
    cases: 12_000,
    input: mutatedBytes(fixtures(".png")),
    read: readImage,
    maxGrowth: 400e6,
  }),
  fuzzTarget({
    name: "PNG with right checksums",
    cases: 8_000,
    input: mutatedBytes(fixtures(".png")).map(withChecksums),
    read: readImage,
    maxGrowth: 800e6,
  }),
  fuzzTarget({
    name: "JPEG",
    cases: 8_000,
    input: mutatedBytes(fixtures(".jpg")),
    read: readImage,
    maxGrowth: 400e6,
  }),
  fuzzTarget({
    name: "WebP",
    cases: 8_000,
    input: mutatedBytes(fixtures(".webp")),
    read: readImage,
    maxGrowth: 400e6,
  }),
  fuzzTarget({
    name: "lists of images",
    cases: 3_000,
    input: mutatedText([
      "file,label\na.png,n01\nb.png,n02\n",
      'path;class;split\r\na.png;"n, 01";train\r\nb.png;"n, 01";val\r\n',
      "a.png\tn01\nb.png\tn02",
    ]),
    read: readImageLayout,
  }),
  fuzzTarget({
    name: "split lists of mini-ImageNet",
    cases: 3_000,
    input: mutatedText(["filename,label\na.jpg,n01\nb.jpg,n02\n", "a.jpg,n01\r\nb.jpg,n02"]),
    read: readLists,
  }),
  fuzzTarget({
    name: "dataset manifests",
    cases: 4_000,
    input: mutatedText([goodManifest]),
    read: readDatasetManifest,
  }),
  fuzzTarget({
    name: "Content-Range and Retry-After",
    cases: 10_000,
    input: fc.tuple(
      mutatedText(["bytes 5-9/10", "bytes */10", "bytes 0-0/*"]),
      mutatedText(["120", "Fri, 31 Dec 1999 23:59:59 GMT", "2999-01-01"]),
    ),
    read: readHeaders,
  }),
];
