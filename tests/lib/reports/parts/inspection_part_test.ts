import assert from "node:assert/strict";
import { inspectionPart } from "../../../../lib/reports/parts/inspection_part.ts";
import { writeText } from "../../../../lib/reports/text/write_text.ts";
import type { ImageInspection } from "../../../../lib/runs/inspect_images.ts";

const INSPECTION: ImageInspection = {
  ...{
    arrangement: null,
    sizes: null,
    passedOver: [],
    lookalikes: { pairs: 0, examples: [], isComplete: true },
  },
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

Deno.test("inspectionPart() says where not all images were compared", () => {
  const text = (lookalikes: ImageInspection["lookalikes"]) =>
    writeText({ title: "", parts: [inspectionPart({ ...INSPECTION, lookalikes })] }, {
      width: 200,
    });
  const none = { pairs: 0, examples: [], isComplete: true };
  assert.doesNotMatch(text(none), /nearly equal/);
  assert.match(text({ ...none, isComplete: false }), /parts +0 \(there are too many images/);
  const found = {
    pairs: 2,
    examples: [["train/a/1.png", "test/a/2.png"]],
    isComplete: false,
  } as const;
  assert.match(
    text(found),
    /parts +2 \(train\/a\/1\.png and .*, \.\.\.; results look .*; there are too/,
  );
});
