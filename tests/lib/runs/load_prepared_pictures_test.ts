import assert from "node:assert/strict";
import { join } from "node:path";
import { loadPreparedPictures } from "../../../lib/runs/load_prepared_pictures.ts";
import { writeImages } from "../datasets/helpers/image_files.ts";
import { withFolder } from "../../helpers/with_folder.ts";

for (const count of [4, 60]) {
  Deno.test(`loadPreparedPictures() reads ${count} files in order and goes past bad ones`, async () => {
    await withFolder(async (folder) => {
      const names = Array.from({ length: count }, (_, index) => `${index}.png`);
      await writeImages(folder, names);
      const files = names.map((name) => join(folder, name));
      await Deno.writeTextFile(files[1]!, "no picture");
      await Deno.remove(files[3]!);
      let last = 0;
      const { names: read, pictures, failures } = await loadPreparedPictures(files, {
        size: 2,
        resizeTo: 3,
        onLoaded: (done) => last = done,
      });
      assert.equal(last, count);
      assert.deepEqual([...failures.keys()].sort(), [1, 3]);
      assert.deepEqual(read, files.filter((_, index) => index !== 1 && index !== 3));
      const greys = names.map((_, index) => index).filter((index) => index !== 1 && index !== 3);
      assert.deepEqual(pictures.map((pixels) => [...new Set(pixels)]), greys.map((grey) => [grey]));
      assert.ok(pictures.every(({ length }) => length === 2 * 2 * 3));
    });
  });
}
