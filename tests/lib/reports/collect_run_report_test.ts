import assert from "node:assert/strict";
import { join } from "node:path";
import { decode } from "fast-png";
import { CheckpointError } from "../../../lib/errors.ts";
import { runEvaluation } from "../../../lib/runs/run_evaluation.ts";
import { initialStateValues } from "../../../lib/puppeteer/initial_state.ts";
import { readMetricsLog } from "../../../lib/training/metrics_log.ts";
import { collectTiny, madeUpEvaluation, withTinyRun } from "../../helpers/tiny_report.ts";
import type { RunReport } from "../../../lib/reports/run_report.ts";

function checkTrajectories({ weights, config }: RunReport): void {
  const { trajectories } = weights!;
  assert.deepEqual(trajectories.map(({ depth }) => depth), [4, 5, 6]);
  const { maxChannels: channels } = config.model;
  const values = initialStateValues("seeded", { channels, taps: 9 });
  const start = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  for (const { stateNorms, changeNorms, depth, scale } of trajectories) {
    assert.equal(stateNorms.length, depth + 1);
    assert.equal(changeNorms.length, depth);
    assert.ok(Math.abs(stateNorms[0]! - scale * start) < 1e-4);
    for (const [step, change] of changeNorms.entries()) {
      // A step moves the norm by no more than the step is long.
      const moved = Math.abs(stateNorms[step + 1]! - stateNorms[step]!);
      assert.ok(change > 0 && moved <= change / depth + 1e-5);
    }
  }
}

function checkKernels({ weights, count }: RunReport): void {
  const { firstKernels } = weights!;
  assert.equal(firstKernels?.generated, true);
  // C / 8 = 2 kernels of 3 x 3 taps, a pixel apart.
  assert.equal(firstKernels.kernels, 2);
  assert.equal(firstKernels.pictures.length, count!.levels.length);
  const { differences } = firstKernels;
  assert.deepEqual(differences!.pictures.map(({ level }) => level), [1, 2]);
  assert.ok(differences!.largest > 0 && differences!.largest < 2 * firstKernels.largest);
  for (const { source } of [...firstKernels.pictures, ...differences!.pictures]) {
    const png = decode(Uint8Array.fromBase64(source.replace("data:image/png;base64,", "")));
    assert.deepEqual([png.width, png.height], [7, 3]);
  }
}

Deno.test("collectRunReport() holds the figures of log, evaluation and weights", async () => {
  await withTinyRun(async (runDirectory) => {
    const report = await collectTiny(runDirectory);
    const evaluation = await runEvaluation({
      runDirectory,
      checkpoint: "last",
      part: "test",
      batchSize: 128,
      exact: false,
    });
    const timeless = { secondsPerImage: 0, bankSeconds: 0 };
    assert.deepEqual(
      { ...report.evaluation!.figures, ...timeless },
      { ...evaluation.figures, ...timeless },
    );
    assert.equal(report.evaluation!.checkpoint, evaluation.checkpoint);
    assert.deepEqual(report.epochs, await readMetricsLog(runDirectory));
    assert.deepEqual(report.missing, []);
    const binned = report.complexityHistogram!.reduce((sum, { count }) => sum + count, 0);
    assert.equal(binned, evaluation.figures.images);
    const wrong = Math.round((1 - evaluation.figures.top1) * evaluation.figures.images);
    assert.equal(report.pictures!.mistakes.length, Math.min(12, wrong));
    // C^2 + 15 C for C = 16.
    assert.equal(report.count!.parameters.puppeteer, 496);
    assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
    checkTrajectories(report);
    checkKernels(report);
  });
});

Deno.test("collectRunReport() says what is missing", async () => {
  await withTinyRun(async (runDirectory) => {
    const { evaluation, missing } = await collectTiny(runDirectory, { evaluate: false });
    assert.equal(evaluation, null);
    assert.match(missing.join(), /evaluation was not asked for/);

    await Deno.writeTextFile(join(runDirectory, "provenance.json"), "[{}]");
    const given = madeUpEvaluation(["a", "b"]);
    const damaged = await collectTiny(runDirectory, { evaluation: given });
    assert.deepEqual(damaged.provenance, []);
    assert.deepEqual(damaged.evaluation, given);
    assert.match(damaged.missing.join(), /provenance.json cannot be read/);
    assert.match(damaged.missing.join(), /The evaluation shown is of step-99999999/);

    await Deno.remove(join(runDirectory, "checkpoints"), { recursive: true });
    const bare = await collectTiny(runDirectory);
    assert.equal(bare.epochs.length, 2);
    assert.deepEqual([bare.checkpoint, bare.count, bare.weights], [null, null, null]);
    assert.match(bare.missing.join(), /Weights, sizes and figures/);

    await Deno.remove(join(runDirectory, "config.yaml"));
    await assert.rejects(collectTiny(runDirectory), CheckpointError);
  });
});

Deno.test("collectRunReport() misses nothing of a run that stopped early", () =>
  withTinyRun(async (runDirectory) => {
    const { epochs, missing } = await collectTiny(runDirectory);
    assert.equal(epochs.length, 2);
    assert.deepEqual(missing, []);
  }, { epochs: 5, patience: 1, minDelta: 0.99 }));

Deno.test("collectRunReport() counts a model without its weights whose rule for depth was fitted to its images", () =>
  withTinyRun(async (runDirectory) => {
    const { count, evaluation } = await collectTiny(runDirectory);
    await Deno.writeTextFile(join(runDirectory, "evaluation.json"), JSON.stringify(evaluation));
    await Deno.remove(join(runDirectory, "checkpoints"), { recursive: true });
    assert.deepEqual((await collectTiny(runDirectory)).count, count);
  }, { fitDepths: true }));
