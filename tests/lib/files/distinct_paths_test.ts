import assert from "node:assert/strict";
import { join } from "node:path";
import { distinctPaths } from "../../../lib/files/distinct_paths.ts";
import { withFolder } from "../../helpers/with_folder.ts";

Deno.test("distinctPaths() keeps the first path to a place, and those that lead nowhere", () =>
  withFolder(async (folder) => {
    const [run, link, none] = ["run", "link", "none"].map((name) => join(folder, name));
    await Deno.mkdir(run!);
    await Deno.symlink("run", link!);
    const paths = [`${run}/`, run!, link!, none!, `${folder}/./none`];
    assert.deepEqual(await distinctPaths(paths), [`${run}/`, none]);
  }));
