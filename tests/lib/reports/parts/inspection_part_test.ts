import assert from "node:assert/strict";
import { inspectionPart } from "../../../../lib/reports/parts/inspection_part.ts";
import { writeText } from "../../../../lib/reports/text/write_text.ts";
import type { ImageInspection } from "../../../../lib/runs/inspect_images.ts";

const INSPECTION: ImageInspection = {
  ...{
    arrangement: null,
    sizes: null,
    passedOver: [],
    lookalikes: {
      acrossParts: { pairs: 0, examples: [] },
      acrossClasses: { pairs: 0, examples: [] },
      isComplete: true,
    },
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
  const none = { pairs: 0, examples: [] };
  const nothing = { acrossParts: none, acrossClasses: none, isComplete: true };
  assert.doesNotMatch(text(nothing), /nearly equal/);
  const unfinished = text({ ...nothing, isComplete: false });
  assert.match(unfinished, /parts +0 \(there are too many images/);
  assert.doesNotMatch(unfinished, /different classes/);
  const found = { pairs: 2, examples: [["train/a/1.png", "test/a/2.png"]] } as const;
  assert.match(
    text({ ...nothing, acrossParts: found, isComplete: false }),
    /parts +2 \(train\/a\/1\.png and .*, \.\.\.; results look .*; there are too/,
  );
});

Deno.test("inspectionPart() says of equal images with different classes that one class is wrong", () => {
  const acrossClasses = { pairs: 1, examples: [["x/a/1.png", "x/b/2.png"]] } as const;
  const lookalikes = { ...INSPECTION.lookalikes, acrossClasses };
  const part = inspectionPart({ ...INSPECTION, lookalikes });
  const text = writeText({ title: "", parts: [part] }, { width: 200 });
  assert.match(
    text,
    /different classes +1 \(x\/a\/1\.png and x\/b\/2\.png; if they show the same, one of the two classes is wrong\)/,
  );
  assert.doesNotMatch(text, /better than they are/);
});

Deno.test("inspectionPart() names classes that may be one", () => {
  const classNames = ["Great Dane", "cat", "dog", "great_dane ", "Cat"];
  const part = inspectionPart({ ...INSPECTION, classNames });
  const text = writeText({ title: "", parts: [part] }, { width: 200 });
  assert.match(text, /nearly equal names +4 \("Great Dane" and "great_dane ", \.\.\.; merge them/);
  assert.doesNotMatch(textOf({}), /nearly equal names/);
});

Deno.test("inspectionPart() counts what is passed over, one of a kind in the singular", () => {
  const kinds = [["links to folders within a class", 1], [".bmp", 1], [
    "folders too deep",
    2,
  ]] as const;
  const passedOver = kinds.map(([what, count]) => ({
    ...{ what, count, example: "x/y", arePictures: false },
  }));
  const part = inspectionPart({ ...INSPECTION, passedOver });
  const text = writeText({ title: "", parts: [part] }, { width: 200 });
  assert.match(
    text,
    /1 link to folders within a class \(x\/y\)\n.* 1 \.bmp .*\n.* 2 folders too deep /,
  );
});
