import assert from "node:assert/strict";
import { join } from "node:path";
import { exportRun } from "../../../lib/runs/export_run.ts";
import { readProvenance } from "../../../lib/runs/provenance_file.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";
import { withBackend } from "../../helpers/backends.ts";
import { withFolder } from "../../helpers/with_folder.ts";

function configOf(epochs: number) {
  return tinyRunConfig({
    data: { images: 40, testImages: 10 },
    training: { epochs, validateEvery: 2, statisticsImages: 8 },
  });
}

Deno.test("a run is not resumed to end with an epoch that has no validation", () =>
  withBackend("wasm", () =>
    withFolder(async (folder) => {
      const runDirectory = join(folder, "run");
      const options = { runDirectory, provenance: TEST_PROVENANCE };
      const interrupt = new AbortController();
      const { stopReason, epochs } = await runTraining(configOf(5), {
        ...{ ...options, resume: false, signal: interrupt.signal },
        report: ({ kind }) => kind === "epoch" && interrupt.abort(),
      });
      assert.deepEqual([stopReason, epochs], ["interrupted", 1]);
      const exported = {
        runDirectory,
        directory: join(folder, "model"),
        checkpoint: "last",
      } as const;
      await assert.rejects(
        exportRun(exported),
        /since the epoch before it had no validation \(training\.validateEvery\); continue the run to the end of an epoch with/,
      );
      await assert.rejects(
        runTraining(configOf(1), { ...options, resume: true }),
        /1 epoch is done, the last of them without a validation \(training\.validateEvery is 2\), training\.epochs \(--epochs\) must be at least 2/,
      );
      const { best } = await runTraining(configOf(2), { ...options, resume: true });
      assert.equal(best?.epoch, 2);
      const commands = await readProvenance(runDirectory);
      assert.equal(commands.length, 2);
      // The same once more trains nothing, wherever it runs.
      const versions = { backend: "another" };
      await runTraining(configOf(2), {
        ...{ ...options, resume: true, allowOtherBackend: true },
        provenance: { ...TEST_PROVENANCE, versions },
      });
      assert.deepEqual(await readProvenance(runDirectory), commands);
      await exportRun(exported);
      // As a save leaves it between its folder and its pointer.
      const root = join(runDirectory, "checkpoints");
      const previous = (await Deno.readTextFile(join(root, "previous"))).trim();
      await Deno.copyFile(join(root, "previous"), join(root, "last"));
      const warnings: string[] = [];
      await runTraining(configOf(2), {
        ...{ ...options, resume: true },
        report: (event) => void (event.kind === "warning" && warnings.push(event.text)),
      });
      assert.match(
        warnings.join(),
        new RegExp(`newer than ${previous}.*continuing from ${previous}`),
      );
    })));
