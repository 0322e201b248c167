import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { encodeManifest, parseManifest } from "../../lib/checkpoints/checkpoint_manifest.ts";
import { parseCheckpointPointer } from "../../lib/checkpoints/checkpoint_pointer.ts";
import { decodeSafetensors } from "../../lib/checkpoints/decode_safetensors.ts";
import { encodeSafetensors } from "../../lib/checkpoints/encode_safetensors.ts";
import { jsonlName, openMetricsLog, readMetricsLog } from "../../lib/training/metrics_log.ts";
import { type FuzzTarget, fuzzTarget } from "./fuzz_target.ts";
import { mutatedBytes, mutatedText } from "./mutations.ts";

const NAMES = [
  "a",
  "b",
  "",
  "__proto__",
  "constructor",
  "__metadata__",
  "\u00e9",
  "a\\u0000",
  "x".repeat(300),
];
const DTYPES = ["F32", "U8", "F64", "I64", "BOOL", "BF16", "f32", "__proto__", "F8_E4M3"];
const SIDES = [0, 1, 2, 3, 4, 5, 8, 255, 2 ** 31, 2 ** 32, 2 ** 52, 2 ** 53, -1, 0.5];

/** One tensor of a header, as a liar would write it. */
const headerEntry = fc.record({
  name: fc.constantFrom(...NAMES),
  dtype: fc.oneof({ arbitrary: fc.constant("U8"), weight: 3 }, fc.constantFrom(...DTYPES)),
  shape: fc.oneof(
    fc.constant(null),
    fc.array(fc.constantFrom(...SIDES), { maxLength: 3 }),
    fc.array(fc.constant(1), { minLength: 30, maxLength: 40 }),
  ),
  length: fc.nat(12),
  /** Moves the offsets away from where they belong. */
  shift: fc.oneof({ arbitrary: fc.constant(0), weight: 6 }, fc.constantFrom(-4, -1, 1, 4, 2 ** 40)),
  extra: fc.constantFrom("", "", "", ',"more":1', ',"dtype":"U8"', ",", "}"),
});

/** A whole file: entries, what the header announces, what follows, how much is missing. */
const liar = fc.record({
  entries: fc.array(headerEntry, { maxLength: 6 }),
  metadata: fc.constantFrom("", "", '"__metadata__":{"a":"b"},', '"__metadata__":{"a":1},'),
  announced: fc.oneof(
    { arbitrary: fc.constant(0n), weight: 8 },
    fc.constantFrom(-1n, 1n, 8n, 100_000_001n, 2n ** 31n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n),
  ),
  padding: fc.constantFrom("", "", " ", "\n", "\0", "x"),
  trailing: fc.oneof({ arbitrary: fc.constant(0), weight: 6 }, fc.constantFrom(-8, -1, 1, 8)),
  crowd: fc.oneof({ arbitrary: fc.constant(0), weight: 400 }, fc.constantFrom(1000, 100_001)),
});

type Liar = typeof liar extends fc.Arbitrary<infer Value> ? Value : never;

function buildSafetensors(file: Liar): Uint8Array {
  let end = 0;
  const entries = file.entries.map(({ name, dtype, shape, length, shift, extra }) => {
    const start = end + shift;
    end += length;
    const sides = JSON.stringify(shape ?? [length]);
    return `"${name}":{"dtype":"${dtype}","shape":${sides},"data_offsets":[${start},${end}]${extra}}`;
  });
  for (let index = 0; index < file.crowd; index++) {
    entries.push(`"c${index}":{"dtype":"U8","shape":[0],"data_offsets":[${end},${end}]}`);
  }
  const json = new TextEncoder().encode(`{${file.metadata}${entries.join(",")}}${file.padding}`);
  const bytes = new Uint8Array(Math.max(8 + json.length + end + file.trailing, 0));
  bytes.set(json.subarray(0, Math.max(bytes.length - 8, 0)), Math.min(8, bytes.length));
  const announced = file.announced === 0n ? BigInt(json.length) : file.announced;
  if (bytes.length >= 8) {
    new DataView(bytes.buffer).setBigUint64(0, announced & (2n ** 64n - 1n), true);
  }
  return bytes;
}

/** What is accepted must account for every byte, and come back the same when it is written again. */
function readSafetensors(bytes: Uint8Array): void {
  const { tensors, metadata } = decodeSafetensors(bytes, "fuzz.safetensors");
  const header = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  let total = 0;
  for (const { shape, data } of tensors.values()) {
    assert.equal(shape.reduce((product, side) => product * side, 1), data.length);
    total += data.byteLength;
  }
  assert.equal(8 + header + total, bytes.length);
  const again = decodeSafetensors(encodeSafetensors(tensors, metadata));
  assert.deepEqual(new Map([...again.tensors].sort()), new Map([...tensors].sort()));
  assert.equal(Object.hasOwn(Object.prototype, "dtype"), false);
}

const goodFile = encodeSafetensors({
  "conv.kernel": { dtype: "F32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
  "__proto__x": { dtype: "U8", shape: [3], data: Uint8Array.of(7, 8, 9) },
  scalar: { dtype: "F64", shape: [], data: Float64Array.of(0.5) },
}, { format: "pt" });

const goodManifest = encodeManifest({
  formatVersion: 1,
  step: 300,
  files: new Map([
    ["model.safetensors", { bytes: 100, sha256: "0".repeat(64) }],
    ["checkpoint.json", { bytes: 20, sha256: "a1".repeat(32) }],
  ]),
});

const goodLine = JSON.stringify({
  ...{
    epoch: 1,
    step: 3,
    learningRate: 1e-3,
    trainLoss: 2.3,
    trainTop1: 0.1,
    validationLoss: null,
  },
  ...{ validationTop1: 0.2, validationTop5: 1, gradientNorm: "Infinity", meanDepth: 10.2 },
  ...{ imagesPerSecond: 30, seconds: 2, liveTensors: 40 },
});
const goodLog = [1, 2, 3].map((epoch) => `${goodLine.replace('"epoch":1', `"epoch":${epoch}`)}\n`)
  .join("");

async function readLog(text: string, folder: string): Promise<void> {
  await Deno.writeTextFile(join(folder, jsonlName), text);
  const records = await readMetricsLog(folder);
  for (const { epoch } of records) assert.ok(Number.isSafeInteger(epoch) && epoch >= 1);
  await openMetricsLog(folder, { resumeAfterEpoch: 2 });
  const kept = await readMetricsLog(folder);
  assert.deepEqual(kept, records.filter(({ epoch }) => epoch <= 2));
}

/** Readers of what a run folder holds. */
export const checkpointTargets: readonly FuzzTarget[] = [
  fuzzTarget({
    name: "safetensors: headers that lie",
    cases: 25_000,
    input: liar.map(buildSafetensors),
    read: readSafetensors,
    maxMilliseconds: 2000,
  }),
  fuzzTarget({
    name: "safetensors: damaged files",
    cases: 15_000,
    input: mutatedBytes([goodFile, encodeSafetensors({})]),
    read: readSafetensors,
  }),
  fuzzTarget({
    name: "checkpoint manifests",
    cases: 8_000,
    input: mutatedText([goodManifest]),
    read: (text) => assert.equal(encodeManifest(parseManifest(text, "manifest.json")), text),
  }),
  fuzzTarget({
    name: "checkpoint pointers",
    cases: 4_000,
    input: mutatedText(["step-00000300\n", "step-00000300-r2", "../step-00000300"]),
    read: (text) => assert.match(parseCheckpointPointer(text, "last"), /^step-\d{8,15}(-r\d+)?$/),
  }),
  fuzzTarget({
    name: "metrics logs",
    cases: 6_000,
    input: mutatedText([goodLog, goodLog + goodLine.slice(0, 40), ""]),
    read: readLog,
  }),
];
