import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointError } from "../../../lib/errors.ts";
import { COMPLEXITY_FILE, complexityOfTraining } from "../../../lib/runs/complexity_file.ts";
import { tinyRunConfig } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";

Deno.test("complexityOfTraining() measures the training images of a run", () =>
  withFolder(async (folder) => {
    const found = await complexityOfTraining(folder, tinyRunConfig());
    assert.equal(found?.images, 96);
    assert.equal(found.bins.reduce((sum, { count }) => sum + count, 0), 96);
  }));

Deno.test("complexityOfTraining() prefers the file of the run, and knows when there is neither", () =>
  withFolder(async (folder) => {
    const config = tinyRunConfig({ data: { dataset: "cifar10", directory: join(folder, "none") } });
    assert.equal(await complexityOfTraining(folder, config), null);
    const bins = [{ from: 8, to: 9, count: 3 }];
    const path = join(folder, COMPLEXITY_FILE);
    await Deno.writeTextFile(path, JSON.stringify({ measure: "entropy", images: 3, bins }));
    assert.deepEqual(await complexityOfTraining(folder, config), { images: 3, bins });
  }));

Deno.test("complexityOfTraining() refuses a file that is damaged or of another measure", () =>
  withFolder(async (folder) => {
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
        complexityOfTraining(folder, tinyRunConfig()),
        (error) => error instanceof CheckpointError && error.message.includes(COMPLEXITY_FILE),
      );
    }
  }));
