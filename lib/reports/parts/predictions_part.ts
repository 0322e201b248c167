import type { Prediction } from "../../runs/run_types.ts";
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

/**
 * What predictions say.
 *
 * @param predictions One per image.
 * @returns One table: images, and their most probable classes best first.
 */
export function predictionsPart(predictions: readonly Prediction[]): ReportPart {
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
    sections: [{ title: "Predictions", blocks: [table] }],
  };
}
