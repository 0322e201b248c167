import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import {
  type DecodedSafetensors,
  decodeSafetensors,
} from "../../../lib/checkpoints/decode_safetensors.ts";
import { encodeSafetensors } from "../../../lib/checkpoints/encode_safetensors.ts";
import type { SafeTensor } from "../../../lib/checkpoints/safetensors_dtypes.ts";
import { CheckpointError } from "../../../lib/errors.ts";

/** Written by the Python package safetensors 0.8.0 (`safetensors.numpy.save`), with the tensors below. */
const pythonFile = Uint8Array.fromBase64(
  "SAIAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCJiaWciOnsiZHR5cGUiOiJJNjQiLCJzaGFwZSI6WzJdLCJkYXRh" +
    "X29mZnNldHMiOlswLDE2XX0sImVtcHR5Ijp7ImR0eXBlIjoiRjY0Iiwic2hhcGUiOlswLDRdLCJkYXRhX29mZnNldHMiOlsxNiwxNl19" +
    "LCJjb252LmJpYXMiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOlsxNiwyOF19LCJjb252Lmtlcm5lbCI6" +
    "eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMSwyLDNdLCJkYXRhX29mZnNldHMiOlsyOCw1Ml19LCJzdGVwIjp7ImR0eXBlIjoiSTMyIiwi" +
    "c2hhcGUiOltdLCJkYXRhX29mZnNldHMiOls1Miw1Nl19LCJoYWxmIjp7ImR0eXBlIjoiRjE2Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZz" +
    "ZXRzIjpbNTYsNjBdfSwiw6nkuK0gXCJxXCIiOnsiZHR5cGUiOiJJMTYiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOls2MCw2Ml19" +
    "LCJtYXNrIjp7ImR0eXBlIjoiVTgiLCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOls2Miw2NV19LCJmbGFnIjp7ImR0eXBlIjoiQk9P" +
    "TCIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzY1LDY3XX19ICAgICAgIAAAAAAA////BwAAAAAAAAAAAAA/AACgv1nZADMAAAAA" +
    "AACAPgAAAD8AAEA/AACAPwAAoD/cBQAAAD4AwPn/AQD/AQA=",
);

const pythonTensors: ReadonlyMap<string, SafeTensor> = new Map<string, SafeTensor>([
  ["mask", { dtype: "U8", shape: [3], data: Uint8Array.of(1, 0, 255) }],
  ["conv.bias", { dtype: "F32", shape: [3], data: Float32Array.of(0.5, -1.25, 3e-8) }],
  ["conv.kernel", {
    dtype: "F32",
    shape: [1, 2, 3],
    data: Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1.25),
  }],
  ["step", { dtype: "I32", shape: [], data: Int32Array.of(1500) }],
  ["big", { dtype: "I64", shape: [2], data: BigInt64Array.of(-(2n ** 40n), 7n) }],
  ["half", { dtype: "F16", shape: [2], data: Uint16Array.of(0x3e00, 0xc000) }],
  ["flag", { dtype: "BOOL", shape: [2], data: Uint8Array.of(1, 0) }],
  ["empty", { dtype: "F64", shape: [0, 4], data: new Float64Array(0) }],
  ['\u00e9\u4e2d "q"', { dtype: "I16", shape: [1], data: Int16Array.of(-7) }],
]);

/** A file with the given header text and data. */
function craft(header: string | Uint8Array, dataLength?: number, announced?: bigint): Uint8Array {
  const json = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const file = new Uint8Array(8 + json.length + (dataLength ?? 0));
  new DataView(file.buffer).setBigUint64(0, announced ?? BigInt(json.length), true);
  file.set(json, 8);
  return file;
}

function entry(start: number, end: number, shape = `[${end - start}]`, dtype = "U8"): string {
  return `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${start},${end}]}`;
}

function assertRefused(file: Uint8Array, pattern: RegExp): void {
  assert.throws(() => decodeSafetensors(file, "model.safetensors"), (error: unknown) => {
    assert.ok(error instanceof CheckpointError, String(error));
    assert.match(error.message, pattern);
    assert.match(error.message, /^Cannot read safetensors file: .*model\.safetensors/s);
    assert.ok(error.message.length < 600);
    return true;
  });
}

Deno.test("decodeSafetensors() reads what the Python package wrote", () => {
  const { tensors, metadata } = decodeSafetensors(pythonFile);
  assert.deepEqual(tensors, pythonTensors);
  assert.deepEqual(metadata, new Map([["format", "pt"]]));
});

Deno.test("encodeSafetensors() writes the very bytes of the Python package", () => {
  assert.deepEqual(encodeSafetensors(pythonTensors, { format: "pt" }), pythonFile);
});

Deno.test("encodeSafetensors() does not depend on the order of its arguments, and aligns the data", () => {
  const reversed = new Map([...pythonTensors].reverse());
  const metadata = { b: "2", a: "1", "__proto__x": "3" };
  const file = encodeSafetensors(reversed, metadata);
  assert.deepEqual(
    file,
    encodeSafetensors(pythonTensors, new Map(Object.entries(metadata).reverse())),
  );
  assert.equal(new DataView(file.buffer).getBigUint64(0, true) % 8n, 0n);
});

Deno.test("encodeSafetensors() and decodeSafetensors() return any tensors bit by bit", () => {
  const tensor = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }).chain((shape) => {
    const count = shape.reduce((product, side) => product * side, 1);
    const bits = fc.uint8Array({ minLength: 4 * count, maxLength: 4 * count });
    return bits.map((bytes): SafeTensor => ({
      dtype: "F32",
      shape,
      data: new Float32Array(bytes.slice().buffer),
    }));
  });
  const name = fc.string({ unit: "grapheme", maxLength: 12 }).filter((text) =>
    text !== "__metadata__" && text.isWellFormed()
  );
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key }), (pairs) => {
      const { tensors } = decodeSafetensors(encodeSafetensors(new Map(pairs)));
      assert.equal(tensors.size, pairs.length);
      for (const [key, { shape, data }] of pairs) {
        const decoded = tensors.get(key)!;
        assert.deepEqual(decoded.shape, shape);
        // As bits: NaNs with a payload must come back unchanged too.
        assert.deepEqual(new Uint32Array(decoded.data.buffer), new Uint32Array(data.buffer));
      }
    }),
  );
});

Deno.test("decodeSafetensors() copies, from subarrays and Node buffers too", () => {
  const padded = new Uint8Array(pythonFile.length + 3);
  padded.set(pythonFile, 3);
  for (const bytes of [padded.subarray(3), Buffer.from(padded).subarray(3)]) {
    const { tensors } = decodeSafetensors(bytes);
    assert.deepEqual(tensors, pythonTensors);
    for (const { data } of tensors.values()) assert.equal(data.buffer.byteLength, data.byteLength);
  }
});

Deno.test("encodeSafetensors() keeps names that JavaScript objects treat specially", () => {
  const one: SafeTensor = { dtype: "U8", shape: [1], data: Uint8Array.of(1) };
  const names = ["__proto__", "constructor", "toString", "", "1", "0"];
  const file = encodeSafetensors(
    new Map(names.map((name) => [name, one])),
    new Map([["__proto__", "x"]]),
  );
  const { tensors, metadata } = decodeSafetensors(file);
  assert.deepEqual([...tensors.keys()].sort(), [...names].sort());
  assert.equal(metadata.get("__proto__"), "x");
  assert.equal(({} as Record<string, unknown>)["dtype"], undefined);
});

Deno.test("encodeSafetensors() writes a view of a larger array only", () => {
  const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
  const { tensors } = decodeSafetensors(
    encodeSafetensors({ part: { dtype: "F32", shape: [2], data } }),
  );
  assert.deepEqual(tensors.get("part")!.data, Float32Array.of(1, 2));
});

Deno.test("encodeSafetensors() refuses arguments that make no file", () => {
  const data = Float32Array.of(1, 2);
  const encode = (tensor: unknown, name = "a") =>
    encodeSafetensors({ [name]: tensor as SafeTensor });
  assert.throws(() => encode({ dtype: "F32", shape: [3], data }), /shape \[3\] but 2 elements/);
  assert.throws(() => encode({ dtype: "F32", shape: [-2, -1], data }), RangeError);
  assert.throws(() => encode({ dtype: "F32", shape: [0.5, 4], data }), RangeError);
  assert.throws(
    () => encode({ dtype: "F64", shape: [2], data }),
    /must hold its data in a Float64Array/,
  );
  assert.throws(
    () => encode({ dtype: "F31", shape: [2], data }),
    /must be one of BOOL, .*current value is F31/,
  );
  assert.throws(() => encode({ dtype: "F32", shape: [2], data }, "__metadata__"), RangeError);
  assert.throws(() => encode({ dtype: "F32", shape: [2], data }, "\ud800"), TypeError);
  assert.throws(() => encodeSafetensors({}, { key: "\udc00" }), TypeError);
  assert.throws(() => encodeSafetensors({}, { key: 3 as unknown as string }), TypeError);
});

Deno.test("decodeSafetensors() refuses lengths that lie", () => {
  assertRefused(new Uint8Array(0), /length must be 8 bytes or more/);
  assertRefused(new Uint8Array(7), /model.safetensors has 7/);
  assertRefused(craft("{}", 0, 3n), /lie within the file, .* announces 3 bytes and has 2/);
  assertRefused(
    craft("{}", 0, 2n ** 63n),
    /at most 100000000 bytes, .* announces 9223372036854775808/,
  );
  assertRefused(craft("{}", 0, 2n ** 64n - 1n), /at most 100000000/);
  assertRefused(craft("{}", 0, 100_000_001n), /at most 100000000/);
  assertRefused(craft("{}", 0, 100_000_000n), /lie within the file/);
  assertRefused(craft("", 0), /must start with \{/);
});

const brokenHeaders: readonly (readonly [string, RegExp, number?])[] = [
  [" {}", /must start with \{/],
  ["[]", /must start with \{/],
  ["{", /must end with its object and spaces/],
  ["{}x", /must end with its object and spaces/],
  ["{}\n", /must end with its object and spaces/],
  ["{}\0", /must end with its object and spaces/],
  ["{} {}", /must be valid JSON/],
  ["{},{}", /must be valid JSON/],
  ['{"a"}', /must be valid JSON/],
  ['{"a":1}', /must hold an object for "a"/],
  ['{"a":[]}', /must hold an object for "a"/],
  ['{"a":{}}', /must give dtype, shape, data_offsets and nothing else for "a"/],
  ['{"a}', /must be valid JSON/],
  ['{"a\\}', /must be valid JSON/],
  ['{"a\\x":{}}', /must be valid JSON/],
  ['{"\\ud800":{}}', /well-formed strings/],
  ['{"__metadata__":{"k":"\\ud800"}}', /well-formed strings/],
  ['{"a\u0001b":{}}', /must be valid JSON/],
  [`{"a":${entry(0, 1)},}`, /must be valid JSON/, 1],
  [`{"a":${entry(0, 1)} "b":${entry(1, 2)}}`, /must be valid JSON/, 2],
  [`{"a":${entry(0, 1)},"a":${entry(1, 2)}}`, /each name once/, 2],
  [`{"a":${entry(0, 1)},"a":${entry(0, 1)}}`, /each name once/, 1],
  [`{"a":${entry(0, 1)},"\\u0061":${entry(1, 2)}}`, /each name once/, 2],
  ['{"__metadata__":{},"__metadata__":{}}', /each name once/],
  ['{"__metadata__":{"k":"1","k":"2"}}', /each name once/],
  ['{"__metadata__":{"k":1}}', /must hold well-formed strings/],
  ['{"__metadata__":{"k":{}}}', /must hold well-formed strings/],
  ['{"__metadata__":null}', /strings and non-negative integers only, see byte 24/],
  ['{"__metadata__":[]}', /must hold an object for "__metadata__"/],
  [
    '{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
    /each name once, 1 of its keys/,
    1,
  ],
  ['{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"more":1}}', /nothing else for "a"/, 1],
  ['{"a":{"dtype":"U8","shape":[1]}}', /dtype, shape, data_offsets/, 1],
  ['{"a":{"dtype":"U8","shape":[1],"data_offsets":[1]}}', /two data_offsets/, 1],
  ['{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,1]}}', /two data_offsets/, 1],
  [
    '{"a":{"dtype":"U8","shape":1,"data_offsets":[0,1]}}',
    /lists of integers below 2\^53 for "a"/,
    1,
  ],
  ['{"a":{"dtype":"U8","shape":["1"],"data_offsets":[0,1]}}', /integers below 2\^53 for "a"/, 1],
  ['{"a":{"dtype":1,"shape":[1],"data_offsets":[0,1]}}', /well-formed strings/, 1],
  ['{"a":{"dtype":"U8","shape":[[1]],"data_offsets":[0,1]}}', /deeper than 3 levels/, 1],
  [`{"a":${entry(0, 1, `[${"1,".repeat(32)}1]`)}}`, /at most 32 numbers/, 1],
  [`{"a":${entry(0, 1, "[-1]")}}`, /non-negative integers only/, 1],
  [`{"a":${entry(0, 1, "[1.0]")}}`, /non-negative integers only/, 1],
  [`{"a":${entry(0, 1, "[1e0]")}}`, /non-negative integers only/, 1],
  [`{"a":${entry(0, 1, "[01]")}}`, /must be valid JSON/, 1],
  [`{"a":${entry(0, 1, "[9007199254740992]")}}`, /below 2\^53/, 1],
  [`{"a":${entry(0, 1, "[9007199254740993]")}}`, /below 2\^53/, 1],
  [`{"a":${entry(0, 1, `[${"9".repeat(400)}]`)}}`, /below 2\^53/, 1],
  [`{"a":${entry(0, 1, "[4294967296,4294967296]")}}`, /size below 2\^53 bytes/, 1],
  [`{"a":${entry(0, 0, "[4294967296,4294967296,0]")}}`, /size below 2\^53 bytes/],
  [`{"a":${entry(0, 8, "[9007199254740991]", "F64")}}`, /size below 2\^53 bytes/, 8],
  [`{"a":${entry(0, 1, "[1]", "u8")}}`, /dtype must be one of .* has "u8"/, 1],
  [`{"a":${entry(0, 1, "[1]", "__proto__")}}`, /dtype must be one of/, 1],
  [`{"a":${entry(0, 4, "[2]", "F32")}}`, /must span 8 bytes for F32 \[2\]/, 4],
  [`{"a":${entry(4, 0, "[4]")}}`, /must span 4 bytes/, 4],
  [`{"a":${entry(0, 4)}}`, /fill the file, .* end at 4 of 3 bytes/, 3],
  [`{"a":${entry(0, 4)}}`, /fill the file, .* end at 4 of 5 bytes/, 5],
  ["{}", /fill the file, .* end at 0 of 1 bytes/, 1],
  [`{"a":${entry(1, 4)}}`, /"a" of .* starts at 1 instead of 0/, 4],
  [`{"a":${entry(0, 2)},"b":${entry(3, 4)}}`, /"b" of .* starts at 3 instead of 2/, 4],
  [`{"a":${entry(0, 3)},"b":${entry(2, 4)}}`, /"b" of .* starts at 2 instead of 3/, 4],
  [`{"a":${entry(0, 4)},"b":${entry(0, 4)}}`, /"b" of .* starts at 0 instead of 4/, 4],
  [`{"a":${entry(0, 4)},"b":${entry(2, 2)}}`, /"b" of .* starts at 2 instead of 4/, 4],
];

Deno.test("decodeSafetensors() refuses every header that is not exactly right", () => {
  for (const [header, pattern, dataLength] of brokenHeaders) {
    assertRefused(craft(header, dataLength), pattern);
  }
  const invalidUtf8 = new TextEncoder().encode('{"?":{}}');
  invalidUtf8[2] = 0xff;
  assertRefused(craft(invalidUtf8), /well-formed strings/);
});

Deno.test("decodeSafetensors() accepts unusual headers that are right", () => {
  const file = craft(
    ` {"a" : { "data_offsets":[2,3],\t"shape":[ 1 ],\n"dtype":"U8"}, "b":${entry(0, 2)}, "c":${
      entry(3, 3)
    }}  `.trimStart(),
    3,
  );
  assert.deepEqual([...decodeSafetensors(file).tensors.keys()], ["a", "b", "c"]);
  assert.equal(decodeSafetensors(craft("{}")).tensors.size, 0);
});

Deno.test("decodeSafetensors() gives up early on headers that are made to exhaust it", () => {
  const entries = Array.from({ length: 100_001 }, (_, index) => `"${index}":${entry(0, 0)}`).join(
    ",",
  );
  const attacks: readonly (readonly [Uint8Array, RegExp])[] = [
    [craft(`{${entries}}`), /at most 100000 tensors/],
    [craft(`{"a":${entry(0, 1, `[${"1,".repeat(1_000_000)}1]`)}}`, 1), /at most 32 numbers/],
    [
      craft(`{"__metadata__":${'{"a":'.repeat(200_000)}{${"}".repeat(200_002)}`),
      /deeper than 3 levels/,
    ],
    [craft(`{"${"x".repeat(5_000_000)}":{}}`), /must give dtype/],
    [
      craft(`{"a":{"dtype":"${"y".repeat(5_000_000)}","shape":[],"data_offsets":[0,1]}}`, 1),
      /has "yyy/,
    ],
    [craft(`{${" ".repeat(5_000_000)}`), /must end with its object/],
    [craft(`{${" ".repeat(5_000_000)}x}`), /non-negative integers only/],
    [craft(`{${":".repeat(5_000_000)}}`), /at most 100000 tensors/],
  ];
  // The words say which bound was met; work that grows with the square of 5 million would not end here.
  for (const [file, pattern] of attacks) assertRefused(file, pattern);
});

Deno.test("decodeSafetensors() refuses every truncation, and bytes after the end", () => {
  for (let length = 0; length < pythonFile.length; length++) {
    assert.throws(() => decodeSafetensors(pythonFile.subarray(0, length)), CheckpointError);
  }
  const longer = new Uint8Array(pythonFile.length + 1);
  longer.set(pythonFile);
  assert.throws(() => decodeSafetensors(longer), /fill the file/);
});

Deno.test("decodeSafetensors() turns every flipped bit into an error or a consistent file", () => {
  for (let bit = 0; bit < 8 * pythonFile.length; bit++) {
    const flipped = pythonFile.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    let decoded: DecodedSafetensors;
    try {
      decoded = decodeSafetensors(flipped);
    } catch (error) {
      assert.ok(error instanceof CheckpointError, `bit ${bit}: ${error}`);
      continue;
    }
    // Flips in names, in data and between types of one size cannot be seen here: that is what checksums are for.
    assert.equal(decoded.tensors.size, 9);
    for (const { shape, data } of decoded.tensors.values()) {
      assert.equal(shape.reduce((product, side) => product * side, 1), data.length);
    }
  }
});

Deno.test("decodeSafetensors() answers arbitrary bytes with CheckpointError only", () => {
  const alphabet = fc.constantFrom(
    ...'{}[]":,0123 \\',
    '"dtype"',
    '"shape"',
    '"data_offsets"',
    '"U8"',
    '"__metadata__"',
  );
  fc.assert(
    fc.property(fc.array(alphabet, { maxLength: 60 }), fc.nat(4), (parts, dataLength) => {
      try {
        decodeSafetensors(craft(`{${parts.join("")}`, dataLength));
      } catch (error) {
        assert.ok(error instanceof CheckpointError, String(error));
      }
    }),
    { numRuns: 2_000 },
  );
});
