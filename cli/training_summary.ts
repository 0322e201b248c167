import type { TrainingSummary } from "../lib/runs/run_types.ts";
import { formatCount, formatDecimals, formatParameters, formatShare } from "./number_text.ts";
import { formatDuration } from "./progress_line.ts";
import { renderFacts } from "./text_table.ts";

const STOP_WORDS: Readonly<Record<TrainingSummary["stopReason"], string>> = {
  "finished": "all epochs done",
  "early-stop": "no better validation accuracy for training.patience validations",
  "interrupted": "interrupted; the state is saved",
  "time-limit": "the time given with --time is up; the state is saved",
  "diverged": "diverged; what was saved before is kept",
};

/**
 * Writes the summary of a training for people.
 *
 * @param summary What the training returned.
 * @returns Lines without a trailing line end.
 */
export function formatTrainingSummary(summary: TrainingSummary): string {
  const { lastEpoch, best, parameters } = summary;
  const bestText = best === null
    ? "none yet"
    : `validation top-1 ${formatShare(best.validationTop1)} after epoch ${best.epoch}`;
  const lastText = lastEpoch === null
    ? "none yet"
    : `training loss ${formatDecimals(lastEpoch.trainLoss)} top-1 ${
      formatShare(lastEpoch.trainTop1)
    }, validation top-1 ${formatShare(lastEpoch.validationTop1)}`;
  return renderFacts([
    ["run", summary.runDirectory],
    ["ended", STOP_WORDS[summary.stopReason]],
    ["epochs", `${formatCount(summary.epochs)} (${formatCount(summary.steps)} steps)`],
    [
      "images",
      `${formatCount(summary.trainImages)} training, ${
        formatCount(summary.validationImages)
      } validation`,
    ],
    ["puppeteer", `${formatParameters(parameters.puppeteer)} parameters`],
    ["stored", `${formatParameters(parameters.total)} parameters in all`],
    ["last", lastText],
    ["best", bestText],
    ["time", formatDuration(summary.seconds)],
  ]);
}
