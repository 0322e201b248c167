import assert from "node:assert/strict";
import { decodeJpeg } from "../../../../lib/datasets/codecs/jpeg.ts";
import { decodeImage } from "../../../../lib/datasets/decode_image.ts";
import { runModule } from "../../../helpers/run_module.ts";

const FIXTURES = new URL("../../../fixtures/images/", import.meta.url);

function readFixture(name: string): Uint8Array {
  return Deno.readFileSync(new URL(name, FIXTURES));
}

function frameOf(jpeg: Uint8Array): number {
  return jpeg.findIndex((byte, at) => byte === 0xff && jpeg[at + 1] === 0xc0);
}

/** Messages of libjpeg, whose text names the kind of damage. */
function refusal(bytes: Uint8Array): string {
  try {
    decodeImage(bytes, "x.jpg");
  } catch (error) {
    return (error as Error).message;
  }
  return "none";
}

Deno.test("decodeJpeg() gives a large picture smaller, as long as its shorter side is what is asked for", () => {
  const bytes = readFixture("corpus/baseline_420.jpg");
  const sizes = [100, 29, 15, 8, 4, 1].map((minSide) => {
    const { width, height, data } = decodeJpeg(bytes, { maxPixels: 1e6, minSide });
    assert.equal(data.length, width * height * 3);
    return `${width} x ${height}`;
  });
  const whole = "43 x 29";
  assert.deepEqual(sizes, [whole, whole, whole, "22 x 15", "11 x 8", "6 x 4"]);
});

Deno.test("decodeJpeg() keeps the mean colour of what it makes smaller", () => {
  const bytes = readFixture("corpus/baseline_444.jpg");
  const [whole, part] = [Infinity, 4].map((minSide) => {
    const { data } = decodeJpeg(bytes, { maxPixels: 1e6, minSide });
    return data.reduce((sum, value) => sum + value, 0) / data.length;
  });
  assert.ok(Math.abs(whole! - part!) < 6, `${whole} and ${part}`);
});

Deno.test("decodeImage() reads a JPEG whose end is missing behind complete pixels, or has bytes before it", () => {
  const bytes = readFixture("corpus/baseline_420.jpg");
  const expected = decodeImage(bytes, "x.jpg");
  const end = bytes.length - 2;
  assert.deepEqual(decodeImage(bytes.subarray(0, end), "x.jpg"), expected);
  const more = Uint8Array.of(...bytes.subarray(0, end), 0x12, 0x34, 0xff, 0xd9, 1, 2, 3);
  assert.deepEqual(decodeImage(more, "x.jpg"), expected);
});

Deno.test("decodeImage() says in libjpeg's words what is wrong with a JPEG", () => {
  const bytes = readFixture("corpus/baseline_420.jpg");
  assert.match(refusal(bytes.subarray(0, bytes.length - 300)), /premature end of/i);
  assert.match(
    refusal(readFixture("corpus/progressive_420.jpg").subarray(0, 600)),
    /premature end/i,
  );
  const [twelveBit, arithmetic, lossless] = [[4, 12], [1, 0xc9], [1, 0xc3]].map(([at, value]) => {
    const changed = bytes.slice();
    changed[frameOf(bytes) + at!] = value!;
    return refusal(changed);
  });
  assert.match(twelveBit!, /precision 12 is not supported/);
  assert.match(arithmetic!, /arithmetic coding is not implemented/);
  assert.match(lossless!, /SOF type 0xc3/);
});

Deno.test("decodeImage() reads the next picture after one that its decoder gave up on", () => {
  const bytes = readFixture("corpus/baseline_420.jpg");
  const expected = decodeImage(bytes, "x.jpg");
  for (let at = 100; at < bytes.length; at += 97) {
    const damaged = bytes.slice();
    damaged.fill(0xff, at, at + 40);
    refusal(damaged);
    assert.deepEqual(decodeImage(bytes, "x.jpg"), expected);
  }
});

Deno.test("decodeImage() refuses a JPEG that claims more pixels than its bytes can stand for", async () => {
  // In a process of its own: what others load meanwhile counts as memory of the whole process.
  const source = `import { decodeImage } from "./lib/datasets/decode_image.ts";
    const bytes = Deno.readFileSync(new URL(${JSON.stringify(new URL("rgb.jpg", FIXTURES).href)}));
    const frame = bytes.findIndex((byte, at) => byte === 0xff && bytes[at + 1] === 0xc0);
    new DataView(bytes.buffer).setUint16(frame + 5, 7000);
    new DataView(bytes.buffer).setUint16(frame + 7, 7000);
    const started = Deno.memoryUsage().rss;
    try {
      decodeImage(bytes, "huge.jpg");
    } catch (error) {
      console.log(JSON.stringify([error.message, Deno.memoryUsage().rss - started]));
    }`;
  const [message, bytes] = JSON.parse(await runModule(source));
  assert.match(message, /huge\.jpg .*7000 x 7000 pixels are more than/);
  assert.ok(bytes < 200e6, `${bytes} bytes`);
});
