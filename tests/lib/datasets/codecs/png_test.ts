import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { decodePng } from "../../../../lib/datasets/codecs/png.ts";
import { pngChunk, pngFile } from "../helpers/png_chunks.ts";

/** Columns and rows at which the seven passes of Adam7 begin, and their steps. */
const ADAM7 = [
  [0, 8, 0, 8],
  [4, 8, 0, 8],
  [0, 4, 4, 8],
  [2, 4, 0, 4],
  [0, 2, 2, 4],
  [1, 2, 0, 2],
  [0, 1, 1, 2],
] as const;

interface Kind {
  readonly colorType: number;
  readonly channels: number;
  readonly depth: number;
}

const KINDS: readonly Kind[] = [
  ...[1, 2, 4, 8, 16].map((depth) => ({ colorType: 0, channels: 1, depth })),
  ...[8, 16].map((depth) => ({ colorType: 2, channels: 3, depth })),
  ...[1, 2, 4, 8].map((depth) => ({ colorType: 3, channels: 1, depth })),
  ...[8, 16].map((depth) => ({ colorType: 4, channels: 2, depth })),
  ...[8, 16].map((depth) => ({ colorType: 6, channels: 4, depth })),
];

/** A sample that the place and the channel fix; opacity is full. */
function sampleAt({ channels, depth }: Kind, row: number, column: number, channel: number): number {
  const top = 2 ** depth - 1;
  if (channels % 2 === 0 && channel === channels - 1) return top;
  const step = (row * 31 + column * 17 + channel * 7 + (row * column)) & 255;
  return depth === 16 ? step * 257 : step & top;
}

function colorOf(index: number, channel: number): number {
  return (index * 37 + channel * 91) & 255;
}

/** One row of samples, packed from the high end; filter 0. */
function packRow(kind: Kind, row: number, columns: readonly number[]): number[] {
  const bits = columns.flatMap((column) =>
    Array.from(
      { length: kind.channels },
      (_, channel) => sampleAt(kind, row, column, channel).toString(2).padStart(kind.depth, "0"),
    )
  ).join("");
  const whole = bits.padEnd(Math.ceil(bits.length / 8) * 8, "0");
  return [
    0,
    ...Array.from(
      { length: whole.length / 8 },
      (_, at) => parseInt(whole.slice(at * 8, at * 8 + 8), 2),
    ),
  ];
}

function range(begin: number, end: number, step: number): number[] {
  return Array.from(
    { length: Math.max(0, Math.ceil((end - begin) / step)) },
    (_, at) => begin + at * step,
  );
}

function encode(kind: Kind, { width, height, isInterlaced }: {
  readonly width: number;
  readonly height: number;
  readonly isInterlaced: boolean;
}): Uint8Array {
  const passes = isInterlaced ? ADAM7 : [[0, 1, 0, 1] as const];
  const rows = passes.flatMap(([left, columnStep, top, rowStep]) => {
    const columns = range(left, width, columnStep);
    return columns.length === 0
      ? []
      : range(top, height, rowStep).flatMap((row) => packRow(kind, row, columns));
  });
  const palette = kind.colorType !== 3 ? [] : [
    pngChunk(
      "PLTE",
      Uint8Array.from(
        { length: 3 * 2 ** kind.depth },
        (_, at) => colorOf(Math.floor(at / 3), at % 3),
      ),
    ),
  ];
  return pngFile(
    { width, height, depth: kind.depth, colorType: kind.colorType, isInterlaced },
    [...palette, pngChunk("IDAT", deflateSync(Uint8Array.from(rows)))],
  );
}

function expectedColor(kind: Kind, row: number, column: number): number[] {
  return [0, 1, 2].map((channel) => {
    const sample = sampleAt(kind, row, column, kind.channels >= 3 ? channel : 0);
    if (kind.colorType === 3) return colorOf(sample, channel);
    return sample * 255 / (2 ** kind.depth - 1);
  });
}

for (const isInterlaced of [false, true]) {
  const word = isInterlaced ? "interlaced" : "plain";
  Deno.test(`decodePng() reads ${word} pictures of every kind and depth, sample for sample`, () => {
    for (const kind of KINDS) {
      for (const [width, height] of [[1, 1], [3, 5], [13, 11]] as const) {
        const { data } = decodePng(encode(kind, { width, height, isInterlaced }), 1e6);
        const expected = range(0, height, 1).flatMap((row) =>
          range(0, width, 1).flatMap((column) => expectedColor(kind, row, column))
        );
        assert.deepEqual([...data], expected, `${JSON.stringify(kind)} ${width} x ${height}`);
      }
    }
  });
}

Deno.test("decodePng() reads a picture whose end is missing behind complete pixels", () => {
  const [kind] = KINDS;
  const whole = encode(kind!, { width: 13, height: 11, isInterlaced: false });
  const expected = decodePng(whole, 1e6);
  for (const missing of [1, 4, 11, 12]) {
    assert.deepEqual(decodePng(whole.subarray(0, whole.length - missing), 1e6), expected);
  }
  assert.throws(() => decodePng(whole.subarray(0, whole.length - 20), 1e6));
});

Deno.test("decodePng() refuses rows that are missing, interlaced or not", () => {
  for (const isInterlaced of [false, true]) {
    const rows = deflateSync(Uint8Array.from([0, 1, 2, 3]));
    const form = { width: 1, height: 2, depth: 8, colorType: 2, isInterlaced };
    assert.throws(() => decodePng(pngFile(form, [pngChunk("IDAT", rows)]), 1e6), /cut off/);
  }
});
