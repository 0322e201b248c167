import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointError } from "../../../lib/errors.ts";
import {
  addProvenance,
  PROVENANCE_FILE,
  readProvenance,
} from "../../../lib/runs/provenance_file.ts";
import { TEST_PROVENANCE } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";

Deno.test("readProvenance() tells a missing file from a damaged one", () =>
  withFolder(async (folder) => {
    await assert.rejects(readProvenance(folder), Deno.errors.NotFound);
    await addProvenance(folder, TEST_PROVENANCE, false);
    await addProvenance(folder, { ...TEST_PROVENANCE, argv: ["train", "--resume", "x"] }, true);
    const entries = await readProvenance(folder);
    assert.deepEqual(entries.map(({ argv }) => argv[1]), [TEST_PROVENANCE.argv[1], "--resume"]);
    for (const text of ["[{}]", '[{"argv":', ""]) {
      await Deno.writeTextFile(join(folder, PROVENANCE_FILE), text);
      await assert.rejects(
        readProvenance(folder),
        (error) =>
          error instanceof CheckpointError && /provenance\.json.*damaged/.test(error.message),
      );
    }
  }));
