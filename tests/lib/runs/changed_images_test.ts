import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointError } from "../../../lib/errors.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { withBackend } from "../../helpers/backends.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";
import { writeImages } from "../datasets/helpers/image_files.ts";
import { withFolder } from "../../helpers/with_folder.ts";

Deno.test("runTraining() compares no accuracies on other validation images, where they have a folder of their own", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const images = ["train/a", "train/b", "val/a", "val/b"]
        .flatMap((place) => [0, 1, 2].map((index) => `images/${place}/${index}.png`));
      await writeImages(folder, images);
      const config = tinyRunConfig({
        data: {
          dataset: "folder",
          directory: join(folder, "images"),
          images: null,
          testImages: null,
          imageSize: 8,
        },
        training: { epochs: 1 },
      });
      const options = { runDirectory: join(folder, "run"), provenance: TEST_PROVENANCE };
      await runTraining(config, { ...options, resume: false });
      await Deno.remove(join(folder, "images/val/a/0.png"));
      const longer = { ...config, training: { ...config.training, epochs: 2 } };
      await assert.rejects(
        runTraining(longer, { ...options, resume: true }),
        (error: unknown) =>
          error instanceof CheckpointError &&
          /validation images have fingerprint/.test(error.message),
      );
      const { best } = await runTraining(longer, {
        ...options,
        resume: true,
        allowChangedImages: true,
      });
      assert.equal(best?.epoch, 2);
    })));
