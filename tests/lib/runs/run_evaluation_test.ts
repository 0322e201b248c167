import assert from "node:assert/strict";
import { join } from "node:path";
import { runEvaluation } from "../../../lib/runs/run_evaluation.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { withBackend } from "../../helpers/backends.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";
import { withFolder } from "../../helpers/with_folder.ts";

const EVALUATION = { checkpoint: "auto", part: "test", batchSize: 32, exact: false } as const;

Deno.test("runEvaluation() takes the best checkpoint where none is named, and a depth for all images", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const runDirectory = join(folder, "run");
      // Weights that stay as they are: the first epoch is the best.
      const training = { learningRate: 1e-12, minLearningRate: 1e-13, batchSize: 8 };
      const data = { images: 20, testImages: 10, imageSize: 16 };
      const model = { maxChannels: 8, minSteps: 3, maxSteps: 4 };
      const options = { runDirectory, resume: false, provenance: TEST_PROVENANCE };
      await runTraining(tinyRunConfig({ data, model, training }), options);
      const pointed = async (name: string) =>
        (await Deno.readTextFile(join(runDirectory, "checkpoints", name))).trim();
      for (const depth of [3, 4]) {
        const { checkpoint, figures } = await runEvaluation({ ...EVALUATION, runDirectory, depth });
        assert.equal(checkpoint, await pointed("best"));
        assert.notEqual(checkpoint, await pointed("last"));
        assert.equal(figures.meanDepth, depth);
        const used = figures.levels.filter(({ images }) => images > 0);
        assert.deepEqual(used.map(({ depth, images }) => [depth, images]), [[depth, 10]]);
      }
    })));
