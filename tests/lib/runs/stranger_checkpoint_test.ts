import assert from "node:assert/strict";
import { join } from "node:path";
import { loadCheckpoint } from "../../../lib/checkpoints/load_checkpoint.ts";
import { saveCheckpoint } from "../../../lib/checkpoints/save_checkpoint.ts";
import { decodeSafetensors } from "../../../lib/checkpoints/decode_safetensors.ts";
import { encodeSafetensors } from "../../../lib/checkpoints/encode_safetensors.ts";
import { CheckpointError } from "../../../lib/errors.ts";
import { loadTrained } from "../../../lib/runs/load_trained.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { withBackend } from "../../helpers/backends.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";
import type { SafeTensor } from "../../../lib/checkpoints/safetensors_dtypes.ts";

type Files = Map<string, Uint8Array>;

function changeCard(files: Files, change: (text: string) => string): void {
  const text = new TextDecoder().decode(files.get("checkpoint.json"));
  assert.notEqual(change(text), text);
  files.set("checkpoint.json", new TextEncoder().encode(change(text)));
}

function changeTensors(files: Files, change: (tensors: Map<string, SafeTensor>) => void): void {
  const { tensors } = decodeSafetensors(files.get("model.safetensors")!);
  change(tensors);
  files.set("model.safetensors", encodeSafetensors(tensors));
}

/** Changes after which the manifest is written anew, as who means harm would do. */
const CHANGES: Readonly<Record<string, readonly [(files: Files) => void, RegExp]>> = {
  "another model": [
    (files) =>
      changeCard(files, (text) => text.replace('"maxChannels": 16', '"maxChannels": 8192')),
    /another model than its run \(maxChannels: 8192 in the checkpoint, 16 in the run\)/,
  ],
  "images beyond all sizes": [
    (files) => changeCard(files, (text) => text.replace(/"height": \d+/, '"height": 1000000000')),
    /"card\.image\.height" has not/,
  ],
  "other classes": [
    (files) =>
      changeCard(files, (text) => text.replace(/"classNames": \[/, '"classNames": ["more",')),
    /does not fit its model \(.*must have shape/,
  ],
  "a tensor less": [
    (files) => changeTensors(files, (tensors) => void tensors.delete("head.bias")),
    /does not fit its model \(.*"head\.bias" is missing/,
  ],
  "a number that is none": [
    (files) =>
      changeTensors(files, (tensors) => void tensors.get("head.bias")!.data.fill(NaN as never)),
    /tensor "head\.bias" of .* holds numbers that are not finite/,
  ],
  "no tensors at all": [
    (files) => void files.set("model.safetensors", new Uint8Array(3)),
    /Cannot read safetensors file/,
  ],
};

Deno.test("loadTrained() refuses what a stranger's checkpoint should not hold, though its checksums fit", () =>
  withBackend("cpu", async () => {
    const folder = await Deno.makeTempDir();
    try {
      const runDirectory = join(folder, "run");
      const config = tinyRunConfig({
        data: { images: 20, testImages: 10 },
        model: { depthAdaptation: false, parameterAdaptation: false, fixedDepth: 4 },
        training: { epochs: 1 },
      });
      await runTraining(config, { runDirectory, resume: false, provenance: TEST_PROVENANCE });
      const root = join(runDirectory, "checkpoints");
      const { files, step } = await loadCheckpoint(root, "last");
      for (const [name, [change, message]] of Object.entries(CHANGES)) {
        const changed: Files = new Map(files);
        change(changed);
        await saveCheckpoint(root, { step, best: false, files: changed });
        await assert.rejects(
          loadTrained({ runDirectory, checkpoint: "last" }),
          (error) => {
            assert.ok(error instanceof CheckpointError, `${name}: ${error}`);
            assert.match(error.message, message, name);
            return true;
          },
        );
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }));
