import type { TrainingSummary } from "../../runs/run_types.ts";
import {
  countCell,
  decimalCell,
  durationCell,
  fact,
  parametersCell,
  shareCell,
  textCell,
} from "../cells.ts";
import type { Fact, ReportPart } from "../report_document.ts";
import { countOf } from "../../count_of.ts";

const STOP_WORDS: Readonly<Record<TrainingSummary["stopReason"], string>> = {
  "finished": "all epochs done",
  "early-stop": "no better validation accuracy for training.patience validations",
  "interrupted": "interrupted; the state is saved",
  "time-limit": "the time given with --time is up; the state is saved",
  "diverged": "diverged; what was saved before is kept",
};

function accuracyFacts({ lastEpoch, best, validationImages }: TrainingSummary): Fact[] {
  const none = textCell("none yet");
  return [
    ...lastEpoch === null ? [fact("last", none)] : [
      fact("training loss", decimalCell(lastEpoch.trainLoss), "last epoch"),
      fact("training Top-1", shareCell(lastEpoch.trainTop1), "last epoch"),
      fact("validation Top-1", shareCell(lastEpoch.validationTop1), "last epoch"),
    ],
    best === null
      ? fact("best", validationImages > 0 ? none : textCell("none without validation images"))
      : fact("best", shareCell(best.validationTop1), `validation Top-1 after epoch ${best.epoch}`),
  ];
}

/**
 * What a training says when it ends.
 *
 * @param summary What the training returned.
 * @returns One list of facts.
 */
export function trainingPart(summary: TrainingSummary): ReportPart {
  const { parameters } = summary;
  const facts = [
    fact("run", textCell(summary.runDirectory)),
    fact("ended", textCell(STOP_WORDS[summary.stopReason])),
    fact("epochs", countCell(summary.epochs), countOf(summary.steps, "step")),
    fact("training images", countCell(summary.trainImages)),
    fact("validation images", countCell(summary.validationImages)),
    fact("parameters of the puppeteer", parametersCell(parameters.puppeteer)),
    fact("parameters stored", parametersCell(parameters.total)),
    ...accuracyFacts(summary),
    fact("time", durationCell(summary.seconds)),
  ];
  return {
    title: "Training",
    subtitle: "",
    sections: [{ title: "Training", blocks: [{ kind: "facts", facts }] }],
  };
}
