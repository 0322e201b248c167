import assert from "node:assert/strict";
import { measureImages } from "../../../lib/analyses/measure_images.ts";
import { createInMemoryDataset } from "../../../lib/datasets/in_memory_dataset.ts";
import type { ComplexityMeasure } from "../../../lib/complexity/complexity_measure.ts";

/** A measure whose first call takes long, as one that has not been translated to machine code yet. */
function slowAtFirst(milliseconds: number): ComplexityMeasure {
  let calls = 0;
  return {
    ...{ name: "mean", unit: "levels", description: "for tests", referenceMean: 1 },
    measure({ pixels }) {
      const until = performance.now() + (calls++ === 0 ? milliseconds : 0);
      while (performance.now() < until);
      return pixels[0]!;
    },
  };
}

Deno.test("measureImages() charges no measure with its first call, which translates it", async () => {
  const dataset = createInMemoryDataset({
    ...{ name: "greys", classNames: ["a"], height: 1, width: 1 },
    images: Uint8Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3),
    labels: new Uint16Array(3),
  });
  const [measured] = await measureImages(dataset, { measures: [slowAtFirst(300)] });
  assert.deepEqual([...measured!.values], [1, 2, 3]);
  assert.ok(measured!.seconds < 0.15, `${measured!.seconds}`);
});
