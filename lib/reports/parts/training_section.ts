import type { ExperimentConfig } from "../../configuration/experiment_config.ts";
import type { EpochRecord } from "../../training/training_event.ts";
import {
  countCell,
  decimalCell,
  durationCell,
  fact,
  shareCell,
  significantCell,
} from "../cells.ts";
import type { Chart, ChartPoint, ChartSeries } from "../chart.ts";
import { chartBlocks } from "../chart_blocks.ts";
import { numbers, tableOf } from "../table.ts";
import type { ReportBlock, ReportSection } from "../report_document.ts";
import type { RunReport } from "../run_report.ts";
import { countOf } from "../../count_of.ts";

/** Points of the epochs that have the figure: between two validations the line goes on. */
function pointsOf(
  epochs: readonly EpochRecord[],
  read: (record: EpochRecord) => number | null,
): ChartPoint[] {
  return epochs.flatMap((record) => {
    const y = read(record);
    return y === null ? [] : [{ x: record.epoch, y }];
  });
}

/** Training and, where there was validation, validation. */
function curves(
  epochs: readonly EpochRecord[],
  training: (record: EpochRecord) => number,
  validation: (record: EpochRecord) => number | null,
): ChartSeries[] {
  const held = pointsOf(epochs, validation);
  return [
    { name: "training", points: pointsOf(epochs, training) },
    ...held.length === 0
      ? []
      : [{ name: "validation", mark: "dashed-line" as const, points: held }],
  ];
}

function range(points: readonly ChartPoint[], write: (y: number) => string): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return "no values";
  if (first === last) return `${write(first.y!)} in epoch ${first.x}`;
  return `from ${write(first.y!)} in epoch ${first.x} to ${write(last.y!)} in epoch ${last.x}`;
}

function describe(series: readonly ChartSeries[], write: (y: number) => string): string {
  return `${series.map(({ name, points }) => `${name} ${range(points, write)}`).join("; ")}.`;
}

function learningCharts(epochs: readonly EpochRecord[]): Chart[] {
  const loss = curves(epochs, (record) => record.trainLoss, (record) => record.validationLoss);
  const top1 = curves(
    epochs,
    (record) => record.trainTop1 * 100,
    (record) => record.validationTop1 === null ? null : record.validationTop1 * 100,
  );
  const rate = [{ name: "learning rate", points: pointsOf(epochs, (r) => r.learningRate) }];
  const xLabel = "epoch";
  return [
    {
      title: "Loss",
      description: `Cross-entropy: ${describe(loss, (y) => y.toFixed(4))}`,
      xLabel,
      yLabel: "nats",
      series: loss,
    },
    {
      title: "Top-1",
      description: `Share of images classified correctly: ${
        describe(top1, (y) => `${y.toFixed(2)} %`)
      }`,
      xLabel,
      yLabel: "%",
      series: top1,
    },
    {
      title: "Learning rate",
      description: `Rate of the last step of every epoch: ${
        describe(rate, (y) => significantCell(y).text)
      }`,
      xLabel,
      yLabel: "per step",
      series: rate,
    },
  ];
}

/** What the figures of an epoch are, and are not. */
function describeEpochs({ training }: ExperimentConfig): string {
  const hindrances = [
    ...training.featureMixing > 0 ? ["mixing"] : [],
    ...training.dropout > 0 || training.channelDropout > 0 ? ["dropout"] : [],
  ];
  return [
    "Training figures are means over the epoch while the weights moved",
    ...hindrances.length === 0
      ? []
      : [`, with ${hindrances.join(" and ")} at work, which validation does without`],
    ".",
  ].join("");
}

function epochTable({ epochs, config }: RunReport): ReportBlock {
  return tableOf(
    "Epochs",
    epochs,
    [
      numbers("epoch", ({ epoch }) => countCell(epoch)),
      numbers("training loss", ({ trainLoss }) => decimalCell(trainLoss)),
      numbers("training Top-1", ({ trainTop1 }) => shareCell(trainTop1)),
      numbers("validation loss", ({ validationLoss }) => decimalCell(validationLoss)),
      numbers("validation Top-1", ({ validationTop1 }) => shareCell(validationTop1)),
      numbers("learning rate", ({ learningRate }) => significantCell(learningRate)),
      numbers("mean depth", ({ meanDepth }) => decimalCell(meanDepth, 2)),
      numbers("images/s", ({ imagesPerSecond }) => countCell(Math.round(imagesPerSecond))),
      numbers("time", ({ seconds }) => durationCell(seconds)),
    ],
    describeEpochs(config),
  );
}

/**
 * How a run learned.
 *
 * @param report The run.
 * @returns Curves and the table of epochs; `null` before the first epoch.
 */
export function trainingSection(report: RunReport): ReportSection | null {
  const { epochs, best } = report;
  const last = epochs.at(-1);
  if (last === undefined) return null;
  const seconds = epochs.reduce((sum, record) => sum + record.seconds, 0);
  return {
    title: "Learning",
    blocks: [
      ...chartBlocks(learningCharts(epochs)),
      {
        kind: "facts",
        facts: [
          fact("epochs", countCell(last.epoch), countOf(last.step, "step")),
          ...best === null ? [] : [
            fact("best validation Top-1", shareCell(best.validationTop1), `epoch ${best.epoch}`),
          ],
          fact("wall time of all epochs", durationCell(seconds), "with validation"),
        ],
      },
      epochTable(report),
    ],
  };
}
