import assert from "node:assert/strict";
import { join } from "node:path";
import { readManifest } from "../../../lib/datasets/dataset_manifest.ts";
import { DataError } from "../../../lib/errors.ts";
import { withFolder } from "../../helpers/with_folder.ts";

Deno.test("readManifest() refuses names that lead out of the dataset's folder", async () => {
  await withFolder(async (folder) => {
    for (const name of ["../a", "/etc/passwd", "a/../../b", "a//b", "", "..\\a"]) {
      const manifest = {
        ...{ formatVersion: 1, dataset: "x", official: false, archive: null },
        source: { kind: "folder", location: "y" },
        files: [{ name, bytes: 1, sha256: "0".repeat(64) }],
      };
      await Deno.writeTextFile(join(folder, "manifest.json"), JSON.stringify(manifest));
      await assert.rejects(readManifest(folder), DataError, name);
    }
  });
});
