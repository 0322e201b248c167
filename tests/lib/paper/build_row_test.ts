import assert from "node:assert/strict";
import { buildRow } from "../../../lib/paper/build_row.ts";
import { defaultConfig } from "../../../lib/configuration/experiment_config.ts";
import { MADE_UP_RUN } from "../../helpers/made_up_comparison.ts";
import type { ComparedRun } from "../../../lib/paper/comparison.ts";

/** The row of runs of a configuration beside the default protocol. */
function rowOf(runs: readonly ComparedRun[], config = defaultConfig()) {
  return buildRow({
    paper: { row: "Puppet-CNN", variant: null, group: null, figures: null },
    ...{ preset: "puppet-cnn", protocol: defaultConfig(), config, smoke: false, runs },
    speedBatch: 64,
  });
}

Deno.test("buildRow() takes runs on images drawn from the whole dataset for the full protocol", async () => {
  const row = await rowOf([MADE_UP_RUN]);
  assert.deepEqual([row.protocol, row.mark, row.changes], ["full", null, []]);
});

Deno.test("buildRow() marks runs whose images were drawn from a part of the dataset", async () => {
  const part = { ...MADE_UP_RUN, imagePool: 10_000 };
  for (const runs of [[part], [{ ...MADE_UP_RUN, seed: 7 }, part]]) {
    const row = await rowOf(runs);
    assert.equal(row.protocol, "changed");
    assert.equal(
      row.mark,
      "not the full protocol: images to draw from 10000 instead of 50000",
    );
  }
});

Deno.test("buildRow() marks runs with fewer training or test images", async () => {
  const figures = { ...MADE_UP_RUN.figures!, testImages: 500 };
  const row = await rowOf([{ ...MADE_UP_RUN, trainImages: 800, figures }]);
  assert.deepEqual(row.changes.map(({ path, run }) => [path, run]), [
    ["training images", 800],
    ["test images", 500],
  ]);
});

Deno.test("buildRow() has the word of the configuration for a value that is not set", async () => {
  const config = defaultConfig();
  const model = { ...config.model, trajectorySteps: 24 };
  const { mark } = await rowOf([MADE_UP_RUN], { ...config, model });
  assert.equal(mark, "not the full protocol: model.trajectorySteps 24 instead of own");
});

Deno.test("buildRow() takes Top-1 and Top-5 from the runs, each as their mean", async () => {
  const runs = [0.8, 0.9].map((top5, at) => {
    const figures = { ...MADE_UP_RUN.figures!, top1: 0.5 + at / 10, top5 };
    return { ...MADE_UP_RUN, seed: at + 1, figures };
  });
  const { top1, top5 } = await rowOf(runs);
  assert.deepEqual([top1, top5].map((figure) => figure!.mean.toFixed(4)), ["0.5500", "0.8500"]);
  assert.equal(top5!.n, 2);
});

Deno.test("buildRow() tells batches from single images, and kept kernels from generated ones", async () => {
  const figureOf = (batchSize: number, generation: "banked" | "per-image", median: number) => ({
    ...{ batchSize, generation, median, firstQuartile: 0, thirdQuartile: 0, lowest: 0 },
    ...{ highest: 0, repetitions: 3, warmUps: 1 },
  });
  const figures = [
    ...[figureOf(1, "banked", 0.1), figureOf(64, "banked", 0.2)],
    ...[figureOf(1, "per-image", 0.3), figureOf(64, "per-image", 0.4)],
  ];
  const speed = { figures, bankSeconds: 9, dataset: "cifar10" };
  const row = await rowOf([{ ...MADE_UP_RUN, figures: { ...MADE_UP_RUN.figures!, speed } }]);
  assert.deepEqual(
    [
      ...[row.secondsPerSingleImage, row.secondsPerImage],
      ...[row.exactSecondsPerSingleImage, row.exactSecondsPerImage],
    ].map((seconds) => seconds?.mean),
    [0.1, 0.2, 0.3, 0.4],
  );
});

Deno.test("buildRow() names the test images that were asked for once, and not again as found", async () => {
  const config = defaultConfig();
  const data = { ...config.data, testImages: 500 };
  const figures = { ...MADE_UP_RUN.figures!, testImages: 500 };
  const { changes } = await rowOf([{ ...MADE_UP_RUN, figures }], { ...config, data });
  assert.deepEqual(changes, [{ path: "data.testImages", protocol: null, run: 500 }]);
});

Deno.test("buildRow() sets no accuracy of the paper beside that on somebody's own pictures", async () => {
  const printed = { top1: 72.51, top5: 96.85, megabytes: 1.08, secondsPerImage: null };
  const of = (run: ComparedRun) =>
    buildRow({
      paper: {
        ...{ row: "Puppet-CNN", variant: null, group: null },
        figures: { ...printed, gigaMultiplyAdds: null },
      },
      ...{ preset: "puppet-cnn", protocol: defaultConfig(), config: defaultConfig() },
      ...{ smoke: false, runs: [run], speedBatch: 64 },
    });
  const own = await of(MADE_UP_RUN);
  assert.deepEqual([own.paper!.top1, own.paper!.megabytes], [72.51, 1.08]);
  const photos = await of({ ...MADE_UP_RUN, dataset: "photos", trainImages: null });
  assert.deepEqual([photos.paper!.top1, photos.paper!.top5, photos.paper!.megabytes], [
    ...[null, null, 1.08],
  ]);
  assert.equal(photos.mark, "not the full protocol: tested on photos instead of cifar10");
});
