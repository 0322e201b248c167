import { join } from "node:path";
import { encode } from "fast-png";
import { runTraining } from "../../lib/runs/run_training.ts";
import { collectRunReport } from "../../lib/reports/collect_run_report.ts";
import type { CollectRunReportOptions } from "../../lib/reports/collect_run_report.ts";
import type { ExperimentConfig } from "../../lib/configuration/experiment_config.ts";
import type { EvaluationSummary } from "../../lib/runs/run_types.ts";
import type { RunReport } from "../../lib/reports/run_report.ts";
import { withBackend } from "./backends.ts";
import { TEST_PROVENANCE, tinyRunConfig } from "./tiny_run.ts";

/** Class names of the tiny run; one of them is what a stranger might call a folder. */
export const TINY_CLASSES: readonly string[] = ["<b>cat", "dog"];

const SIZE = 16;

/** Images from plain to noisy, so that several levels have some. */
async function writeImages(folder: string, count: number): Promise<void> {
  for (const [label, className] of TINY_CLASSES.entries()) {
    await Deno.mkdir(join(folder, className), { recursive: true });
    for (let image = 0; image < count; image++) {
      const data = Uint8Array.from(
        { length: SIZE * SIZE * 3 },
        (_, index) => 60 + 90 * label + ((index + 7) * (image + 3) * 31) % (2 + 8 * image),
      );
      const png = encode({ width: SIZE, height: SIZE, channels: 3, depth: 8, data });
      await Deno.writeFile(join(folder, className, `${image}.png`), png);
    }
  }
}

/** Sixteen images to train on and twelve to test on, in a folder, and what it takes to train on them in a second. */
export async function tinyImagesConfig(directory: string): Promise<ExperimentConfig> {
  await writeImages(join(directory, "train"), 8);
  await writeImages(join(directory, "test"), 6);
  return tinyRunConfig({
    data: { dataset: "folder", directory, images: null, testImages: null, imageSize: SIZE },
    model: { minSteps: 4, maxSteps: 6, stepsPerBit: 0.5, maxChannels: 16 },
    training: { batchSize: 8, statisticsImages: 4 },
  });
}

/** A run of a second on 16 images of two classes with three levels, in a folder of its own. */
export async function withTinyRun(
  body: (runDirectory: string) => Promise<void>,
  training: Partial<ExperimentConfig["training"]> = {},
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const runDirectory = join(folder, "tiny");
  try {
    await withBackend("wasm", async () => {
      const made = await tinyImagesConfig(join(folder, "images"));
      const config = { ...made, training: { ...made.training, ...training } };
      await runTraining(config, { runDirectory, resume: false, provenance: TEST_PROVENANCE });
      await body(runDirectory);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Collects the report of a run as the command does, with what a test wants otherwise. */
export function collectTiny(
  runDirectory: string,
  changes: Partial<CollectRunReportOptions> = {},
): Promise<RunReport> {
  return collectRunReport({
    pictures: true,
    runDirectory,
    checkpoint: "last",
    evaluation: null,
    evaluate: true,
    testImages: null,
    ...changes,
  });
}

/** An evaluation that nobody made: `classes` classes of ten images, of which most are right. */
export function madeUpEvaluation(classNames: readonly string[]): EvaluationSummary {
  const n = classNames.length;
  const confusion = classNames.map((_, label) =>
    classNames.map((_, predicted) =>
      predicted === label ? 7 : predicted === (label + 1) % n ? 3 : 0
    )
  );
  return {
    runDirectory: "runs/made-up",
    checkpoint: "step-99999999",
    dataset: "made-up",
    part: "test",
    images: { train: 80, validation: 20, test: 20, pool: 100 },
    exact: false,
    figures: {
      images: 10 * n,
      loss: 1.25,
      top1: 0.7,
      top5: 0.987654321,
      confusion,
      classes: classNames.map((className) => ({
        className,
        support: 10,
        precision: 0.7,
        recall: 0.7,
        f1: 0.7,
      })),
      levels: [{ level: 0, complexity: 12.5, depth: 10, images: 10 * n, top1: 0.7 }],
      meanDepth: 10,
      meanComplexity: 12.25,
      meanMultiplyAdds: 123_456_789,
      routes: [],
      secondsPerImage: 0.00123,
      bankSeconds: 0.5,
    },
  };
}
