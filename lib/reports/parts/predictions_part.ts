import type { FailedPrediction, Prediction, PredictionAnswer } from "../../runs/run_types.ts";
import { countCell, decimalCell, shareCell, textCell } from "../cells.ts";
import { type Column, numbers, tableOf, words } from "../table.ts";
import type { ReportPart } from "../report_document.ts";

/** One of the most probable classes of an image. */
interface Guess {
  readonly prediction: Prediction;
  readonly rank: number;
}

/** What belongs to the image stands on the line of its first class. */
function once(cell: Column<Prediction>["cell"]): Column<Guess>["cell"] {
  return ({ prediction, rank }, index) =>
    rank === 0 ? cell(prediction, index) : { value: null, text: "" };
}

function failureTable(failures: readonly FailedPrediction[]) {
  return tableOf<FailedPrediction>("Images that could not be read", failures, [
    words("image", ({ file }) => textCell(file)),
    words("error", ({ error }) => textCell(error)),
  ]);
}

/**
 * What predictions say.
 *
 * @param answers One per image.
 * @returns One table: images, and their most probable classes best first.
 */
export function predictionsPart(answers: readonly PredictionAnswer[]): ReportPart {
  const predictions = answers.filter((answer): answer is Prediction => !("error" in answer));
  const failures = answers.filter((answer): answer is FailedPrediction => "error" in answer);
  const guesses = predictions.flatMap((prediction) =>
    prediction.classes.map((_, rank) => ({ prediction, rank }))
  );
  const unit = predictions[0]?.complexityUnit ?? "bits";
  const table = tableOf<Guess>("Predictions", guesses, [
    words("image", once(({ file }) => textCell(file))),
    words("class", ({ prediction, rank }) => textCell(prediction.classes[rank]!.className)),
    numbers("probability", ({ prediction, rank }) => {
      return shareCell(prediction.classes[rank]!.probability);
    }),
    numbers(unit, once(({ complexity }) => decimalCell(complexity, 2))),
    numbers("depth", once(({ depth }) => countCell(depth))),
  ]);
  return {
    title: "Predictions",
    subtitle: "",
    sections: [{
      title: "Predictions",
      blocks: [
        ...predictions.length > 0 || failures.length === 0 ? [table] : [],
        ...failures.length === 0 ? [] : [failureTable(failures)],
      ],
    }],
  };
}
