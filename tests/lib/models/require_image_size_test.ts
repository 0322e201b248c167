import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../../../lib/errors.ts";
import { planTraining } from "../../../lib/runs/plan_training.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { pathExists } from "../../../lib/files/path_exists.ts";
import { modelNames } from "../../../lib/models/model_names.ts";
import { requireImageSize } from "../../../lib/models/require_image_size.ts";
import { withBackend } from "../../helpers/backends.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import type { ModelName } from "../../../lib/models/model_names.ts";

/** Smallest sides; models that are not named shrink images by strides only, which leave a pixel. */
const SMALLEST: Partial<Record<ModelName, number>> = {
  "puppet-cnn": 8,
  "fixed-cnn": 8,
  "puppet-alexnet": 8,
  "puppet-vgg": 32,
  alexnet: 8,
  vgg: 32,
  squeezenet: 15,
  dfn: 32,
  "ddfn-sw": 8,
  branchynet: 8,
  resnet: 2,
  "puppet-resnet": 2,
  weightnet: 2,
  skipnet: 2,
};

for (const name of modelNames) {
  const { model } = tinyRunConfig({ model: { name } });
  const smallest = SMALLEST[name] ?? 1;
  Deno.test(`requireImageSize() lets ${name} have a side of ${smallest} pixels and no less`, () => {
    requireImageSize(model, { height: smallest, width: smallest });
    if (smallest === 1) return;
    const needed = new RegExp(`Cannot use ${name} .*at least ${smallest}: raise imageSize`);
    assert.throws(
      () => requireImageSize(model, { height: smallest, width: smallest - 1 }),
      (error) => error instanceof UsageError && needed.test(error.message),
    );
  });
}

for (const name of ["vgg", "dfn"] as const) {
  Deno.test(`planning and training refuse images that are too small for ${name}, and make no folder`, () =>
    withBackend("wasm", () =>
      withFolder(async (folder) => {
        const config = tinyRunConfig({ data: { imageSize: 16, images: 20 }, model: { name } });
        const runDirectory = join(folder, "run");
        const options = { runDirectory, resume: false, provenance: TEST_PROVENANCE };
        for (const start of [() => planTraining(config), () => runTraining(config, options)]) {
          await assert.rejects(
            start(),
            (error) => error instanceof UsageError && /16 x 16 pixels/.test(error.message),
          );
        }
        assert.equal(await pathExists(runDirectory), false);
      })));
}
