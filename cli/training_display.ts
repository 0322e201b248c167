import type { TrainingConfig } from "../lib/training/training_config.ts";
import type { EpochRecord, TrainingEvent } from "../lib/training/training_event.ts";
import { formatDecimals, formatShare, formatSmall } from "./number_text.ts";
import { formatDuration, type Progress, type ProgressUpdate } from "./progress.ts";

/** One line about an epoch that ended. */
function describeEpoch(
  record: EpochRecord,
  options: { readonly epochs: number; readonly isBest: boolean },
): string {
  const best = options.isBest ? " (best)" : "";
  const validation = record.validationTop1 === null
    ? ""
    : `, validation loss ${formatDecimals(record.validationLoss)} top-1 ` +
      `${formatShare(record.validationTop1)}${best}`;
  return `epoch ${record.epoch}/${options.epochs}: loss ${formatDecimals(record.trainLoss)} ` +
    `top-1 ${formatShare(record.trainTop1)}${validation}, depth ${record.meanDepth.toFixed(1)}, ` +
    `rate ${formatSmall(record.learningRate)}, ${record.imagesPerSecond.toFixed(0)} images/s, ` +
    `${formatDuration(record.seconds)}`;
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
        if (latest === null) progress.note(event.text);
        else progress.update({ ...latest, text: event.text, urgent: true });
        return;
      case "images":
        return progress.update({ done: event.done, total: event.total, text: "decoding images" });
      case "warning":
        return warn(event.text);
      case "step":
        latest = {
          done: event.step * batchSize,
          total: event.totalSteps * batchSize,
          rate: event.imagesPerSecond,
          text: `epoch ${event.epoch}/${event.epochs} loss ${formatDecimals(event.loss)}`,
        };
        return progress.update(latest);
      case "epoch":
        return progress.note(describeEpoch(event.record, { epochs, isBest: event.isBest }));
      case "checkpoint":
        return;
    }
  };
}
