import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointError } from "../../../lib/errors.ts";
import {
  addProvenance,
  noteDivergence,
  PROVENANCE_FILE,
  readOrigin,
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

Deno.test("readOrigin() says what a run began with, and whether the training of its last command diverged", () =>
  withFolder(async (folder) => {
    assert.deepEqual(await readOrigin(folder), { diverged: null, weights: null });
    await addProvenance(folder, { ...TEST_PROVENANCE, weights: "model" }, false);
    await addProvenance(folder, { ...TEST_PROVENANCE, host: "last" }, true);
    assert.deepEqual(await readOrigin(folder), { diverged: null, weights: "model" });
    const diverged = { reason: "not-finite", step: 7, learningRate: 0.5 } as const;
    await noteDivergence(folder, { ...diverged, loss: NaN, gradientNorm: NaN });
    assert.deepEqual(await readOrigin(folder), { diverged, weights: "model" });
    assert.equal((await readProvenance(folder)).at(-1)!.host, "last");
    await addProvenance(folder, TEST_PROVENANCE, true);
    assert.deepEqual(await readOrigin(folder), { diverged: null, weights: "model" });
    // What a killed command wrote that had not come to be a run says nothing of a new one.
    await addProvenance(folder, TEST_PROVENANCE, false);
    assert.deepEqual(await readProvenance(folder), [TEST_PROVENANCE]);
  }));
