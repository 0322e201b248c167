import type { TrainingConfig } from "../lib/training/training_config.ts";
import type { EpochRecord, TrainingEvent } from "../lib/training/training_event.ts";
import { decimalCell, durationCell, shareCell, significantCell } from "../lib/reports/cells.ts";
import { type Progress } from "./progress.ts";
import type { ProgressUpdate } from "./progress_line.ts";

/** A piece of the line on an epoch; those of the lowest rank are left out first. */
interface LinePart {
  readonly rank: number;
  /** Joins it to what stands before. */
  readonly before: string;
  readonly text: string;
}

function partsOfEpoch(record: EpochRecord, isBest: boolean): LinePart[] {
  const part = (rank: number, text: string, before = ", "): LinePart => ({ rank, before, text });
  const { validationTop1, validationLoss } = record;
  const validation = validationTop1 === null ? [] : [
    part(9, "validation"),
    part(4, `loss ${decimalCell(validationLoss).text}`, " "),
    part(9, `top-1 ${shareCell(validationTop1).text}`, " "),
    ...isBest ? [part(8, "(best)", " ")] : [],
  ];
  return [
    part(7, `loss ${decimalCell(record.trainLoss).text}`, " "),
    part(6, `top-1 ${shareCell(record.trainTop1).text}`, " "),
    ...validation,
    part(2, `depth ${record.meanDepth.toFixed(1)}`),
    part(1, `rate ${significantCell(record.learningRate).text}`),
    part(3, `${record.imagesPerSecond.toFixed(0)} images/s`),
    part(5, durationCell(record.seconds).text),
  ];
}

/** One line about an epoch that ended, as much of it as a width holds. */
function describeEpoch(
  record: EpochRecord,
  options: { readonly epochs: number; readonly isBest: boolean; readonly width: number },
): string {
  let parts = partsOfEpoch(record, options.isBest);
  const head = `epoch ${record.epoch}/${options.epochs}:`;
  const line = () =>
    head + parts.map(({ before, text }, at) => (at === 0 ? " " : before) + text).join("");
  while (line().length > options.width) {
    const lowest = Math.min(...parts.map(({ rank }) => rank));
    const rest = parts.filter(({ rank }) => rank > lowest);
    // Rather a line that wraps than one that says nothing.
    if (rest.length === 0) break;
    parts = rest;
  }
  return line();
}

/**
 * Makes the function that shows the events of a training.
 *
 * @param progress Where they are shown.
 * @param options The run's training configuration, and where warnings go.
 * @returns Takes one event.
 */
export function showTraining(
  progress: Progress,
  options: {
    readonly training: Pick<TrainingConfig, "epochs" | "batchSize">;
    readonly warn: (text: string) => void;
  },
): (event: TrainingEvent) => void {
  const { training: { epochs, batchSize }, warn } = options;
  let latest: ProgressUpdate | null = null;
  return (event) => {
    switch (event.kind) {
      case "phase":
        // Once steps are counted, phases come back every epoch: they pass by in the moving line.
        if (event.share !== undefined) {
          const text = `${event.text} ${Math.floor(event.share * 100)} %`;
          return progress.update({ done: 0, total: null, ...latest, text });
        }
        if (latest === null) return progress.note(event.text);
        return progress.update({ ...latest, text: event.text, urgent: true });
      case "images":
        return progress.update({ done: event.done, total: event.total, text: "decoding images" });
      case "warning":
        return warn(event.text);
      case "step":
        latest = {
          done: event.step * batchSize,
          total: event.totalSteps * batchSize,
          rate: event.imagesPerSecond,
          text: `epoch ${event.epoch}/${event.epochs} loss ${decimalCell(event.loss).text}`,
        };
        return progress.update(latest);
      case "epoch":
        return progress.note(
          describeEpoch(event.record, { epochs, isBest: event.isBest, width: progress.width() }),
        );
      case "checkpoint":
        return;
    }
  };
}
