import assert from "node:assert/strict";
import { join } from "node:path";
import { encode } from "fast-png";
import { suggestImageSize } from "../../../lib/datasets/suggest_image_size.ts";
import { withFolder } from "../../helpers/with_folder.ts";

async function writeSizes(
  folder: string,
  sizes: readonly (readonly [number, number])[],
): Promise<void> {
  for (const className of ["a", "b"]) await Deno.mkdir(join(folder, className));
  for (const [index, [width, height]] of sizes.entries()) {
    const data = new Uint8Array(width * height * 3);
    const file = join(folder, index % 2 === 0 ? "a" : "b", `${index}.png`);
    await Deno.writeFile(file, encode({ width, height, data, depth: 8, channels: 3 }));
  }
}

Deno.test("suggestImageSize() goes by the median of the shorter sides", async () => {
  await withFolder(async (folder) => {
    await writeSizes(folder, [[32, 32], [40, 32], [500, 400]]);
    assert.deepEqual(await suggestImageSize(folder), {
      imageSize: 32,
      resizeTo: null,
      medianSide: 32,
    });
  });
  await withFolder(async (folder) => {
    await writeSizes(folder, [[120, 90], [300, 200], [8, 8], [72, 100]]);
    await Deno.writeTextFile(join(folder, "a", "bad.png"), "no picture");
    assert.deepEqual(await suggestImageSize(folder), {
      imageSize: 64,
      resizeTo: 72,
      medianSide: 90,
    });
  });
});

Deno.test("suggestImageSize() says nothing where no image can be read", async () => {
  await withFolder(async (folder) => {
    await writeSizes(folder, []);
    for (const className of ["a", "b"]) {
      await Deno.writeTextFile(join(folder, className, "1.png"), "?");
    }
    assert.equal(await suggestImageSize(folder), null);
  });
});

Deno.test("suggestImageSize() looks at pictures of all classes", async () => {
  await withFolder(async (folder) => {
    await writeSizes(
      folder,
      Array.from({ length: 60 }, (_, at) => {
        // The 30 pictures of class a come first, 28 of them small.
        return at % 2 === 0 && at < 56 ? [8, 8] as const : [100, 100] as const;
      }),
    );
    assert.equal((await suggestImageSize(folder))?.medianSide, 100);
  });
});
