import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { encode as encodePng } from "fast-png";
import { fileURLToPath } from "node:url";
import { decodeImage } from "../../../lib/datasets/decode_image.ts";
import { prepareImage } from "../../../lib/datasets/prepare_image.ts";
import { turnUpright } from "../../../lib/datasets/codecs/turn_upright.ts";
import { pngChunk, pngFile } from "./helpers/png_chunks.ts";
import { DataError } from "../../../lib/errors.ts";

const FIXTURES = new URL("../../fixtures/images/", import.meta.url);

/** Colours at four places of each fixture, as another decoder (Pillow) reads them. */
const reference: Record<string, number[][]> = JSON.parse(
  await Deno.readTextFile(new URL("reference.json", FIXTURES)),
);
const PLACES = [[0, 0], [5, 7], [11, 19], [3, 16]] as const;

function readFixture(name: string): Promise<Uint8Array> {
  return Deno.readFile(fileURLToPath(new URL(name, FIXTURES)));
}

for (const [name, colors] of Object.entries(reference)) {
  Deno.test(`decodeImage() reads ${name} as another decoder does`, async () => {
    const image = decodeImage(await readFixture(name), name);
    const isSubsampled = name === "subsampled.jpg";
    assert.deepEqual([image.width, image.height], isSubsampled ? [40, 24] : [20, 12]);
    for (const [index, [row, column]] of PLACES.entries()) {
      const at = (row * image.width + column) * 3;
      const found = [...image.data.subarray(at, at + 3)];
      const isClose = found.every((value, channel) => value === colors[index]![channel]);
      assert.ok(isClose, `${name} at ${row}, ${column}: ${found}, expected ${colors[index]}`);
    }
  });
}

/** What Pillow decodes; made by make_corpus.py beside it. */
const corpus: Record<string, { height: number; width: number; sha256: string }> = JSON.parse(
  await Deno.readTextFile(new URL("corpus.json", FIXTURES)),
);

for (const [name, expected] of Object.entries(corpus)) {
  Deno.test(`decodeImage() gives every pixel of ${name} as libjpeg-turbo, libpng and libwebp do`, async () => {
    const { height, width, data } = decodeImage(await readFixture(`corpus/${name}`), name);
    const sha256 = createHash("sha256").update(data).digest("hex");
    assert.deepEqual({ height, width, sha256 }, expected);
  });
}

Deno.test("prepareImage() gives a photograph the same input, whichever way it was stored", async () => {
  const upright = await readFixture("corpus/orientation_1.png");
  const turned = turnUpright(decodeImage(upright, "x.png"), 8);
  const exif = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0];
  const form = { ...turned, depth: 8, colorType: 2, isInterlaced: false };
  const rows = Array.from(
    { length: turned.height },
    (_, row) => [0, ...turned.data.subarray(row * turned.width * 3, (row + 1) * turned.width * 3)],
  ).flat();
  const stored = pngFile(form, [
    pngChunk("eXIf", Uint8Array.from(exif)),
    pngChunk("IDAT", deflateSync(Uint8Array.from(rows))),
  ]);
  const options = { file: "x.png", size: 4 };
  assert.deepEqual(prepareImage(stored, options), prepareImage(upright, options));
});

Deno.test("decodeImage() names the format of a picture that it does not read", () => {
  const begins: Record<string, string> = {
    "GIF": "GIF89a",
    "BMP": "BM",
    "TIFF": "II*\0",
    "AVIF": "\0\0\0\x1cftypavif",
    "HEIC": "\0\0\0\x18ftypheic",
  };
  for (const [format, text] of Object.entries(begins)) {
    const bytes = Uint8Array.from(text.padEnd(40), (letter) => letter.charCodeAt(0));
    assert.throws(
      () => decodeImage(bytes, "p.jpg"),
      (error) =>
        error instanceof DataError &&
        error.message.includes(`p.jpg is a picture in the format ${format}; convert it to PNG`),
    );
  }
  assert.throws(
    () => decodeImage(new Uint8Array(), "p.jpg"),
    /p\.jpg is an empty file; replace or remove it$/,
  );
});

Deno.test("decodeImage() unpacks grey samples of 1, 2 and 4 bits and lays transparency on white", () => {
  const fourBits = encodePng({
    width: 3,
    height: 2,
    data: Uint8Array.of(0x0f, 0x80, 0x12, 0x30),
    depth: 4,
    channels: 1,
  });
  const greys = decodeImage(fourBits, "x").data.filter((_, at) => at % 3 === 0);
  assert.deepEqual([...greys], [0, 255, 136, 17, 34, 51]);
  const half = encodePng({
    width: 1,
    height: 1,
    data: Uint8Array.of(255, 0, 0, 51),
    depth: 8,
    channels: 4,
  });
  assert.deepEqual([...decodeImage(half, "x").data], [255, 204, 204]);
});

Deno.test("decodeImage() reads interlaced PNG", () => {
  const data = Uint8Array.from({ length: 9 * 7 * 3 }, (_, at) => (at * 5) & 0xff);
  const image = { width: 9, height: 7, data, depth: 8, channels: 3 } as const;
  assert.deepEqual(decodeImage(encodePng(image, { interlace: "Adam7" }), "x").data, data);
});

Deno.test("decodeImage() goes by the first bytes and not by the name", async () => {
  const jpeg = await readFixture("rgb.jpg");
  assert.equal(decodeImage(jpeg, "wrong.png").width, 20);
  const text = new TextEncoder().encode("GIF89a and more");
  assert.throws(() => decodeImage(text, "a/b.png"), (error) => {
    assert.ok(error instanceof DataError);
    assert.match(error.message, /a\/b\.png is a picture in the format GIF/);
    return true;
  });
  assert.throws(() => decodeImage(new Uint8Array(0), "empty.png"), DataError);
});

Deno.test("decodeImage() refuses damaged and truncated files by name", async () => {
  for (const name of ["rgb.png", "rgb.jpg", "progressive.jpg", "palette.png"]) {
    const bytes = await readFixture(name);
    for (const length of [9, 20, 40, bytes.length >> 1]) {
      assert.throws(
        () => decodeImage(bytes.subarray(0, length), name),
        (error) => error instanceof DataError && error.message.includes(name),
        `${name} cut to ${length}`,
      );
    }
  }
  const flipped = await readFixture("rgb.png");
  flipped[50]! ^= 0xff;
  assert.throws(() => decodeImage(flipped, "flipped.png"), /flipped\.png is a damaged/);
});

Deno.test("decodeImage() refuses sizes beyond its bound before it unpacks anything", async () => {
  const png = await readFixture("rgb.png");
  new DataView(png.buffer).setUint32(16, 100_000);
  new DataView(png.buffer).setUint32(20, 100_000);
  assert.throws(() => decodeImage(png, "huge.png"), /100000 x 100000 pixels, at most 64 million/);
  const jpeg = await readFixture("rgb.jpg");
  const frame = jpeg.findIndex((byte, at) => byte === 0xff && jpeg[at + 1] === 0xc0);
  new DataView(jpeg.buffer).setUint16(frame + 5, 65_000);
  new DataView(jpeg.buffer).setUint16(frame + 7, 65_000);
  assert.throws(() => decodeImage(jpeg, "huge.jpg"), DataError);
});

Deno.test("prepareImage() cuts the centre out and brings it to size", async () => {
  const width = 6;
  const data = Uint8Array.from({ length: width * 2 * 3 }, (_, at) => Math.floor(at / 3) % width);
  const png = encodePng({ width, height: 2, data, depth: 8, channels: 3 });
  const prepared = prepareImage(png, { file: "strip.png", size: 2 });
  assert.deepEqual([...prepared], [2, 2, 2, 3, 3, 3, 2, 2, 2, 3, 3, 3]);
  assert.equal(
    prepareImage(await readFixture("cmyk.jpg"), { file: "x", size: 32 }).length,
    32 * 32 * 3,
  );
});
