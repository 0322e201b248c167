import assert from "node:assert/strict";
import { decideConfig } from "../../../lib/runs/decide_config.ts";
import { writeImages } from "../datasets/helpers/image_files.ts";
import { withFolder } from "../../helpers/with_folder.ts";

Deno.test("decideConfig() chooses the sizes of a folder's images that nobody has given, and says so", () =>
  withFolder(async (directory) => {
    await writeImages(directory, ["a/1.png", "a/2.png", "b/1.png", "b/2.png"]);
    const sizesOf = async (text: string, given: Readonly<Record<string, number>> = {}) => {
      const overrides = Object.entries({ "data.directory": directory, ...given })
        .map(([path, value]) => ({ path, value }));
      const request = { text, source: "a test", overrides };
      const { config: { data }, choices } = await decideConfig(request);
      return [data.imageSize, data.resizeTo, choices.length];
    };
    const folder = "data: { dataset: folder }";
    assert.deepEqual(await sizesOf(folder), [32, null, 1]);
    assert.deepEqual(await sizesOf(folder, { "data.resizeTo": 40 }), [32, 40, 1]);
    assert.deepEqual(await sizesOf(folder, { "data.imageSize": 16 }), [16, null, 0]);
    assert.deepEqual(await sizesOf("data: { dataset: folder, imageSize: 16 }"), [16, null, 0]);
    assert.deepEqual(await sizesOf("data: { dataset: synthetic }"), [32, null, 0]);
  }));
