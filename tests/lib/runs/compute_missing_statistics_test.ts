import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { computeMissingStatistics } from "../../../lib/runs/compute_missing_statistics.ts";
import { loadExperimentImages } from "../../../lib/runs/prepare_data.ts";
import { levelsOfModel } from "../../../lib/models/model_layers.ts";
import { ParameterSet } from "../../../lib/tensors/parameter_set.ts";
import { withBackend } from "../../helpers/backends.ts";
import { TINY_CARD } from "../../helpers/tiny_training.ts";
import { tinyRunConfig } from "../../helpers/tiny_run.ts";
import type { Classifier } from "../../../lib/classifiers/classifier.ts";

Deno.test("computeMissingStatistics() tunes on all validation images, as a validation does", () =>
  withBackend("cpu", async () => {
    const config = tinyRunConfig({ data: { imageSize: 16 } });
    const { train, validation } = await loadExperimentImages(config);
    const tunedOn: number[] = [];
    const classifier: Classifier = {
      parameters: new ParameterSet(),
      levels: levelsOfModel(config.model),
      calibration: {
        values: {},
        restore: () => {},
        tune: async (_statistics, batches) => {
          for await (const { labels } of batches) tunedOn.push(...labels);
        },
      },
      forward: (images) => ({
        logits: tf.zeros([images.shape[0], 10]),
        ...{ auxiliary: [], penalty: null },
      }),
      prepare: () => Promise.reject(new Error("not asked for")),
      dispose: () => {},
    };
    const card = { ...TINY_CARD, trainFingerprint: train.fingerprint };
    const statistics = await computeMissingStatistics(config, classifier, { card });
    assert.equal(statistics.size, classifier.levels.list.length);
    assert.deepEqual(tunedOn, [...validation.labels]);
  }));
