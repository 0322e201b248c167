import assert from "node:assert/strict";
import { decode } from "fast-png";
import { createInMemoryDataset } from "../../../lib/datasets/in_memory_dataset.ts";
import { choosePictures } from "../../../lib/reports/choose_pictures.ts";
import { pictureSection } from "../../../lib/reports/parts/picture_section.ts";
import { withTinyRun } from "../../helpers/tiny_report.ts";
import { runCommand } from "../../helpers/run_command.ts";

/** Ten images of two classes, each of one grey: 10 times its position. */
function greys(side: number) {
  const labels = Uint16Array.from({ length: 10 }, (_, index) => index % 2);
  const images = new Uint8Array(10 * side * side * 3);
  for (let index = 0; index < 10; index++) {
    images.fill(10 * index, index * side * side * 3, (index + 1) * side * side * 3);
  }
  return createInMemoryDataset({
    ...{ name: "greys", classNames: ["cat", "dog"], height: side, width: side, images, labels },
  });
}

/** Images 2, 4 and 9 are wrong; 4 is surest of it. */
const SEEN = Array.from({ length: 10 }, (_, index) => ({
  index,
  complexity: index,
  depth: index < 6 ? 7 : 6,
  predicted: [2, 4, 9].includes(index) ? (index + 1) % 2 : index % 2,
  confidence: index === 4 ? 0.99 : 0.6,
})).reverse();

function pixelsOf(source: string) {
  return decode(Uint8Array.fromBase64(source.replace("data:image/png;base64,", "")));
}

Deno.test("choosePictures() shows images of every depth, mistakes by confidence, and what classes are taken for", async () => {
  const { byDepth, mistakes, takenFor } = await choosePictures(greys(8), SEEN);
  assert.deepEqual(byDepth.map(({ depth, index }) => [depth, index]), [
    ...[[6, 6], [6, 7], [6, 8], [6, 9]],
    ...[[7, 0], [7, 1], [7, 2], [7, 3]],
  ]);
  assert.deepEqual(mistakes.map(({ index }) => index), [4, 2, 9]);
  assert.deepEqual(mistakes.map(({ className, predicted }) => [className, predicted]), [
    ["cat", "dog"],
    ["cat", "dog"],
    ["dog", "cat"],
  ]);
  assert.deepEqual(
    takenFor.map(({ className, predicted, images, support, picture }) => {
      return [className, predicted, images, support, picture.index];
    }),
    [["cat", "dog", 2, 5, 4], ["dog", "cat", 1, 5, 9]],
  );
  const png = pixelsOf(mistakes[0]!.source);
  assert.deepEqual([png.width, png.height, png.data[0]], [8, 8, 40]);
});

Deno.test("choosePictures() names the class that a class is taken for most often", async () => {
  const labels = new Uint16Array(3);
  const dataset = createInMemoryDataset({
    ...{ name: "cats", classNames: ["cat", "dog", "fox"], height: 1, width: 1 },
    ...{ images: new Uint8Array(9), labels },
  });
  const seen = [2, 1, 1].map((predicted, index) => ({
    ...{ index, complexity: 1, depth: 6, predicted, confidence: 0.9 - index / 10 },
  }));
  const { takenFor } = await choosePictures(dataset, seen);
  assert.deepEqual(takenFor.map(({ predicted, images }) => [predicted, images]), [["dog", 2]]);
});

Deno.test("choosePictures() makes copies of at most 64 pixels", async () => {
  const { byDepth } = await choosePictures(greys(200), SEEN);
  const png = pixelsOf(byDepth[1]!.source);
  assert.deepEqual([png.width, png.height, png.data[0]], [64, 64, 70]);
});

Deno.test("pictureSection() says what was given to an image, and is nothing without images", async () => {
  const section = pictureSection(await choosePictures(greys(8), SEEN))!;
  const captions = section.blocks.flatMap((block) =>
    block.kind === "images" ? block.images.map(({ caption }) => caption) : []
  );
  assert.ok(captions.includes("6 layers: dog, taken for cat, 60.00 %"));
  assert.ok(captions.includes("7 layers: cat, right, 60.00 %"));
  assert.ok(captions.includes("cat: 2 of 5 taken for dog"));
  assert.equal(pictureSection(null), null);
  assert.equal(pictureSection(undefined), null);
});

Deno.test("report shows test images, and leaves them out with --no-images", async () => {
  await withTinyRun(async (run) => {
    const argv = ["report", run, "--quiet", "--backend", "cpu", "--format", "html"];
    const shown = await runCommand(argv);
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, />Examples by depth</);
    assert.match(shown.stdout, /<img src="data:image\/png;base64,[^"]+" alt="Test image 0, /);
    const without = await runCommand([...argv, "--no-images"]);
    assert.equal(without.code, 0, without.stderr);
    assert.doesNotMatch(without.stdout, /Examples by depth|alt="Test image/);
    assert.match(without.stdout, />Kernels of the first generated layer, by level</);
  });
});
