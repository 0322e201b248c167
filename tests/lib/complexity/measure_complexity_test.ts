import assert from "node:assert/strict";
import {
  complexityMeasure,
  complexityMeasureNames,
} from "../../../lib/complexity/measure_registry.ts";
import { measureComplexity } from "../../../lib/complexity/measure_complexity.ts";
import { sharedDataDirectory } from "../../helpers/shared_data.ts";
import { patternImage } from "./patterns.ts";

Deno.test("measureComplexity() measures each image of a batch as if it were alone", () => {
  const size = { height: 5, width: 7 };
  const images = [
    patternImage("ramp", size),
    patternImage("squares", size),
    patternImage("ramp", size),
  ];
  const batch = Uint8Array.from(images.flatMap((image) => [...image.pixels]));
  const measure = complexityMeasure("entropy");
  const actual = measureComplexity(batch, { ...size, measure });
  assert.deepEqual([...actual], images.map((image) => measure.measure(image)));
  assert.deepEqual(measureComplexity(new Uint8Array(0), { ...size, measure }), new Float64Array(0));
});

Deno.test("measureComplexity() does not change the pixels", () => {
  const { pixels, ...size } = patternImage("squares", { height: 9, width: 4 });
  const before = pixels.slice();
  measureComplexity(pixels, { ...size, measure: complexityMeasure("entropy") });
  assert.deepEqual(pixels, before);
});

Deno.test("measureComplexity() refuses a batch that is no whole number of images", () => {
  const measure = complexityMeasure("entropy");
  assert.throws(
    () => measureComplexity(new Uint8Array(100), { height: 5, width: 7, measure }),
    /whole images of 5 x 7 x 3 = 105 values, current length is 100/,
  );
  assert.throws(
    () => measureComplexity(new Uint8Array(0), { height: 0, width: 7, measure }),
    RangeError,
  );
});

/** The first training images as RGB rows of `[height, width, 3]`. */
function cifarImages(count: number): Uint8Array {
  using file = Deno.openSync(`${sharedDataDirectory}/cifar-10-batches-bin/data_batch_1.bin`);
  const record = new Uint8Array(3073);
  const pixels = new Uint8Array(count * 3072);
  for (let image = 0; image < count; image++) {
    assert.equal(file.readSync(record), 3073);
    for (let index = 0; index < 3072; index++) {
      pixels[3072 * image + index] = record[1 + 1024 * (index % 3) + Math.floor(index / 3)]!;
    }
  }
  return pixels;
}

function summary(values: Float64Array): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return [mean, Math.sqrt(variance), Math.min(...values), Math.max(...values)]
    .map((value) => value.toFixed(2)).join(" ");
}

const withData = sharedDataDirectory !== null;
const where = withData ? "" : " (skipped: ../shared/data is absent)";
const size = { height: 32, width: 32 };

Deno.test({
  name: `measureComplexity() finds the known statistics of CIFAR-10${where}`,
  ignore: !withData,
  fn: () => {
    const pixels = cifarImages(2_000);
    const measured = (name: string) =>
      measureComplexity(pixels, { ...size, measure: complexityMeasure(name) });
    assert.equal(summary(measured("spatial-entropy")), "6.94 0.62 2.97 7.78");
    assert.equal(summary(measured("spectral-entropy")), "5.72 0.91 2.82 8.34");
    for (const name of complexityMeasureNames) {
      const mean = Number(summary(measured(name)).split(" ")[0]);
      assert.equal(mean, complexityMeasure(name).referenceMean, name);
    }
  },
});

Deno.test({
  name: `measureComplexity() spreads 8,000 images of CIFAR-10 over depths 6 to 12${where}`,
  ignore: !withData,
  fn: () => {
    const measure = complexityMeasure("entropy");
    const depths = new Array<number>(13).fill(0);
    for (const complexity of measureComplexity(cifarImages(8_000), { ...size, measure })) {
      depths[Math.min(12, Math.max(6, Math.round(0.8 * complexity)))]!++;
    }
    assert.deepEqual(depths.slice(6), [3, 27, 306, 1230, 3506, 2756, 172]);
  },
});
