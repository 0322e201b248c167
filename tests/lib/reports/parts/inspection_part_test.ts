import assert from "node:assert/strict";
import { inspectionPart } from "../../../../lib/reports/parts/inspection_part.ts";
import { writeText } from "../../../../lib/reports/text/write_text.ts";
import type { ImageInspection } from "../../../../lib/runs/inspect_images.ts";

const INSPECTION: ImageInspection = {
  ...{ arrangement: null, sizes: null, passedOver: [], lookalikes: { pairs: 0, examples: [] } },
  classNames: ["a", "b", "c", "d", "e"],
  perClass: { train: [3, 3, 3, 3, 3], validation: [1, 1, 1, 1, 1], test: [0, 0, 0, 0, 0] },
};

function textOf(perClass: Partial<ImageInspection["perClass"]>): string {
  const inspection = { ...INSPECTION, perClass: { ...INSPECTION.perClass, ...perClass } };
  return writeText({ title: "", parts: [inspectionPart(inspection)] }, { width: 100 });
}

Deno.test("inspectionPart() names classes that a part lacks, and says nothing of a part that is not there", () => {
  assert.doesNotMatch(textOf({}), /classes without/);
  const text = textOf({ train: [3, 3, 3, 3, 0], test: [9, 0, 0, 0, 0] });
  assert.match(text, /classes without train images +1 \(e; the model cannot learn them\)/);
  assert.match(
    text,
    /classes without test images +4 \(b, c, d, \.\.\.; the accuracy is not theirs\)/,
  );
  assert.doesNotMatch(text, /without validation/);
});
