import assert from "node:assert/strict";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { analyzeTrained } from "../../../lib/analyses/analyze_trained.ts";
import { correlate } from "../../../lib/analyses/describe_values.ts";
import { runDepthAnalysis } from "../../../lib/runs/run_depth_analysis.ts";
import { runEvaluation } from "../../../lib/runs/run_evaluation.ts";
import { runTraining } from "../../../lib/runs/run_training.ts";
import { depthAnalysisChart } from "../../../lib/reports/parts/depth_charts.ts";
import { withBackend } from "../../helpers/backends.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "../../helpers/tiny_run.ts";
import { tinyTrainer } from "../../helpers/tiny_training.ts";
import type { DepthAnalysisResult } from "../../../lib/analyses/analyze_depth.ts";
import type { InferenceNetwork } from "../../../lib/classifiers/classifier.ts";
import type { EvaluationSummary } from "../../../lib/runs/run_types.ts";

type Changes = Parameters<typeof tinyRunConfig>[0];

/** Trains a run of seconds and hands it on. */
async function withTinyRun(
  model: NonNullable<Changes>["model"],
  use: (runDirectory: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "puppet-analysis-" });
  try {
    const runDirectory = join(folder, "run");
    const config = tinyRunConfig({
      data: { images: 40, testImages: 20 },
      model: { maxChannels: 8, ...model },
      training: { epochs: 1, statisticsImages: 8 },
    });
    await runTraining(config, { runDirectory, resume: false, provenance: TEST_PROVENANCE });
    await use(runDirectory);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What both commands are asked. */
function common(runDirectory: string, exact: boolean) {
  return { runDirectory, checkpoint: "last", part: "test", batchSize: 16, exact } as const;
}

const EXAMPLES = { perPlace: 1, thumbnails: false };

function assertNear(actual: number | null, expected: number): void {
  assert.ok(actual !== null && Math.abs(actual - expected) < 1e-6, `${actual}, not ${expected}`);
}

function assertAgree({ analysis }: DepthAnalysisResult, { figures }: EvaluationSummary): void {
  const trained = analysis.trained!;
  assert.equal(trained.overall.images, 20);
  assertNear(trained.overall.top1, figures.top1);
  assertNear(trained.overall.loss, figures.loss);
  assertNear(trained.overall.multiplyAdds, figures.meanMultiplyAdds);
  assertNear(analysis.depth.mean, figures.meanDepth);
  // Counted without running anything; in exact mode with the generation of every image's kernels.
  assertNear(analysis.work.meanMultiplyAdds, figures.meanMultiplyAdds);
  assert.equal(analysis.work.generation === 0, trained.exact);
  for (const [index, level] of figures.levels.entries()) {
    const own = trained.levels[index]!;
    assert.equal(own.images, level.images);
    if (level.top1 === null) assert.equal(own.top1, null);
    else assertNear(own.top1, level.top1);
  }
}

Deno.test("analyzeTrained() agrees with evaluate(), with kernels banked and exact", () =>
  withBackend("wasm", () =>
    withTinyRun({}, async (runDirectory) => {
      for (const exact of [false, true]) {
        const options = common(runDirectory, exact);
        const result = await runDepthAnalysis({
          ...options,
          examples: EXAMPLES,
          fixedLevels: false,
        });
        assert.equal(result.analysis.trained!.exact, exact);
        assert.equal(result.analysis.trained!.fixedLevels, null);
        assertAgree(result, await runEvaluation(options));
      }
    })));

Deno.test("analyzeTrained() groups by depth and tenth, and sends all images through one level", () =>
  withBackend(
    "wasm",
    () =>
      withTinyRun({ levelsPerDepth: 2, minSteps: 9, maxSteps: 10 }, async (runDirectory) => {
        const { analysis, images } = await runDepthAnalysis({
          ...common(runDirectory, false),
          examples: EXAMPLES,
          fixedLevels: true,
        });
        const trained = analysis.trained!;
        const total = (groups: readonly { readonly images: number }[]) =>
          groups.reduce((sum, group) => sum + group.images, 0);
        assert.deepEqual(trained.depths.map(({ depth }) => depth), [9, 10]);
        assert.equal(trained.levels.length, 4);
        assert.deepEqual(
          [trained.depths, trained.levels, trained.deciles].map(total),
          [20, 20, 20],
        );
        trained.deciles.forEach(({ images }) => assert.equal(images, 2));
        const fixed = trained.fixedLevels!;
        assert.equal(fixed.levels.length, 4);
        assert.ok(fixed.levels.every((level) => level.images === 20));
        for (const { top1, paired } of fixed.levels) {
          assertNear((paired!.firstOnly - paired!.secondOnly) / 20, trained.overall.top1! - top1!);
        }
        const shares = analysis.levels.map(({ share }) => share);
        assertNear(
          fixed.blind.top1,
          fixed.levels.reduce((sum, { top1 }, at) => sum + top1! * shares[at]!, 0),
        );
        const room = fixed.room!;
        // By the model's own measure every image gets its own level.
        assertNear(
          room.measures.find(({ name }) => name === "entropy")!.top1,
          trained.overall.top1!,
        );
        assert.equal(room.measures.length, analysis.measures.length);
        assert.ok(fixed.levels.every(({ top1 }) => top1! <= room.oracle.top1));
        assert.ok(room.oracle.multiplyAdds >= fixed.levels[0]!.multiplyAdds!);
        // The same levels in the same proportions: the same work, whoever is sent where.
        assertNear(fixed.blind.multiplyAdds / trained.overall.multiplyAdds!, 1);
        assert.equal(
          fixed.levels[fixed.best]!.top1,
          Math.max(...fixed.levels.map(({ top1 }) => top1!)),
        );
        const { confidence, loss, right, predicted } = images.trained!;
        for (let index = 0; index < 20; index++) {
          assert.ok(confidence[index]! >= 0.1 && confidence[index]! <= 1);
          assert.equal(right[index], predicted[index] === images.labels[index] ? 1 : 0);
          // A right answer's loss is that of its confidence.
          if (right[index] === 1) assertNear(loss[index]!, -Math.log(confidence[index]!));
        }
        const chart = depthAnalysisChart(analysis, "accuracy")!;
        assert.equal(chart.series.length, 3);
      }),
  ));

Deno.test("analyzeTrained() tells levels that differ apart, and gives the means of its columns", () =>
  withBackend("cpu", async () => {
    const { classifier, data, dispose } = await tinyTrainer();
    const answered = [0, 1, 2];
    // Through level n all images are of class n, the surer the deeper the level.
    const network: InferenceNetwork = {
      infer: ({ images, level }) => {
        const row = answered.map((label) => label === level ? 1 + level : 0);
        const logits = tf.tensor2d(new Array<number[]>(images.shape[0]).fill(row));
        return Promise.resolve({
          logits,
          multiplyAdds: images.shape[0] * (level + 1),
          routes: null,
        });
      },
      dispose: () => {},
    };
    const simulated = Object.create(classifier, {
      levels: { value: classifier.levels },
      prepare: { value: () => Promise.resolve(network) },
    });
    const labels = Uint16Array.from({ length: 30 }, (_, at) => at < 15 ? 1 : at < 24 ? 2 : 0);
    const dataset = { ...data.train, length: 30, labels };
    const complexity = data.complexities.slice(0, 30);
    const level = Uint16Array.from(complexity, (bits) => classifier.levels.levelOf(bits));
    const depth = level.map((index) => classifier.levels.list[index]!.depth);
    const { analysis, images } = await analyzeTrained(
      dataset,
      { complexity, depth, level, measures: [] },
      {
        trained: { ...data, classifier: simulated, statistics: new Map() },
        ...{ runDirectory: "run", checkpoint: "last", exact: false, batchSize: 8 },
        fixedLevels: true,
      },
    );
    dispose();
    assert.deepEqual([...new Set(level)].sort(), answered);
    const { best, levels, blind } = analysis.fixedLevels!;
    assert.equal(best, 1);
    assert.deepEqual(levels.map(({ top1 }) => top1), [0.2, 0.5, 0.3]);
    const shareOf = (wanted: number) => level.filter((one) => one === wanted).length / 30;
    assertNear(blind.top1, 0.2 * shareOf(0) + 0.5 * shareOf(1) + 0.3 * shareOf(2));
    for (const [index, { paired }] of levels.entries()) {
      const firstOnly = labels.filter((label, at) => label === level[at] && label !== index).length;
      assert.ok(firstOnly > 0);
      assert.equal(paired!.firstOnly, firstOnly);
    }
    for (const name of ["confidence", "loss", "multiplyAdds"] as const) {
      assertNear(analysis.overall[name], images[name].reduce((sum, value) => sum + value, 0) / 30);
    }
    assert.notEqual(analysis.overall.confidence, analysis.overall.loss);
    assert.deepEqual(analysis.complexityAndLoss, correlate(complexity, images.loss));
    assert.deepEqual(analysis.complexityAndRight, correlate(complexity, images.right));
    assert.notDeepEqual(analysis.complexityAndLoss, correlate(complexity, images.confidence));
  }));
