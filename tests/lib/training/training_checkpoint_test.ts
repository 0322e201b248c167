import assert from "node:assert/strict";
import { classifierHead, convolution } from "../../../lib/architectures/layer.ts";
import { BranchyNet } from "../../../lib/baselines/branchynet.ts";
import { decodeCheckpoint } from "../../../lib/training/decode_checkpoint.ts";
import { encodeCheckpoint, restoreTrainer } from "../../../lib/training/training_checkpoint.ts";
import { Trainer } from "../../../lib/training/trainer.ts";
import { withBackend } from "../../helpers/backends.ts";
import { TINY_CARD, TINY_TRAINING, tinyTrainer } from "../../helpers/tiny_training.ts";
import { ONE_LEVEL } from "../baselines/dynamic_depth.ts";

Deno.test("restoreTrainer() puts back what was tuned on validation images", () =>
  withBackend("cpu", async () => {
    const { data, dispose } = await tinyTrainer();
    const makeTrainer = () => {
      const options = { classes: 3, seed: 1, levels: ONE_LEVEL };
      const architecture = [
        convolution("conv1", { kernelSize: 3, inputChannels: 3, outputChannels: 4 }),
        ...classifierHead([4, 3]),
      ];
      const exits = { exitsAfter: ["conv1"], exitWidth: 4 };
      const classifier = new BranchyNet({ ...options, architecture, ...exits });
      return new Trainer({ classifier, data, config: TINY_TRAINING, exact: false });
    };
    const [before, after] = [makeTrainer(), makeTrainer()];
    before.classifier.calibration!.restore({ exit1: 0.375 });
    assert.notDeepEqual(after.classifier.calibration!.values, { exit1: 0.375 });
    const files = await encodeCheckpoint(before, TINY_CARD);
    restoreTrainer(after, decodeCheckpoint(files, "test"));
    assert.deepEqual(after.classifier.calibration!.values, { exit1: 0.375 });
    for (const trainer of [before, after]) {
      trainer.dispose();
      trainer.classifier.dispose();
    }
    dispose();
  }));
