import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointError, DataError } from "../../../lib/errors.ts";
import { COMPLEXITY_FILE, complexityOfTraining } from "../../../lib/runs/complexity_file.ts";
import { loadExperimentImages } from "../../../lib/runs/prepare_data.ts";
import { tinyRunConfig } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import type { ComplexityOptions } from "../../../lib/runs/complexity_file.ts";

/** A run on the images that its configuration names. */
async function optionsOf(config = tinyRunConfig()): Promise<ComplexityOptions> {
  return { config, fingerprint: (await loadExperimentImages(config)).train.fingerprint };
}

Deno.test("complexityOfTraining() measures the training images of a run", () =>
  withFolder(async (folder) => {
    const found = await complexityOfTraining(folder, await optionsOf());
    assert.equal(found?.images, 96);
    assert.equal(found.bins.reduce((sum, { count }) => sum + count, 0), 96);
  }));

Deno.test("complexityOfTraining() prefers the file of the run, and knows when there is neither", () =>
  withFolder(async (folder) => {
    const config = tinyRunConfig({ data: { dataset: "cifar10", directory: join(folder, "none") } });
    const options = { config, fingerprint: "" };
    assert.equal(await complexityOfTraining(folder, options), null);
    const bins = [{ from: 8, to: 9, count: 3 }];
    const path = join(folder, COMPLEXITY_FILE);
    await Deno.writeTextFile(path, JSON.stringify({ measure: "entropy", images: 3, bins }));
    assert.deepEqual(await complexityOfTraining(folder, options), { images: 3, bins });
  }));

Deno.test("complexityOfTraining() refuses a file that is damaged or of another measure", () =>
  withFolder(async (folder) => {
    const options = await optionsOf();
    const path = join(folder, COMPLEXITY_FILE);
    const bins = [{ from: 8, to: 9, count: 3 }];
    for (
      const content of [
        "{",
        JSON.stringify({ measure: "entropy", images: 0, bins }),
        JSON.stringify({ measure: "entropy", images: 3, bins: [] }),
        JSON.stringify({ measure: "jpeg-like", images: 3, bins }),
      ]
    ) {
      await Deno.writeTextFile(path, content);
      await assert.rejects(
        complexityOfTraining(folder, options),
        (error) => error instanceof CheckpointError && error.message.includes(COMPLEXITY_FILE),
      );
    }
  }));

Deno.test("complexityOfTraining() shows no other images than those of the training", () =>
  withFolder(async (folder) => {
    const options = await optionsOf();
    const other = { ...options, fingerprint: "other" };
    assert.equal(await complexityOfTraining(folder, other), null);
    const { directory } = options.config.data;
    await assert.rejects(
      complexityOfTraining(folder, { ...other, directory }),
      (error) => error instanceof DataError && /fingerprint other/.test(error.message),
    );
    const path = join(folder, COMPLEXITY_FILE);
    const content = { measure: "entropy", images: 3, bins: [{ from: 8, to: 9, count: 3 }] };
    await Deno.writeTextFile(path, JSON.stringify(content));
    const measured = await complexityOfTraining(folder, { ...options, directory });
    assert.equal(measured?.images, 96, "a folder that is named comes before the file");
  }));
