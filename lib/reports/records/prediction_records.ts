import type { Prediction } from "../../runs/run_types.ts";
import type { CsvRecord } from "./csv_record.ts";

/**
 * Predictions for other programs: one record per image and class.
 *
 * @param predictions One per image.
 * @returns Raw numbers; the most probable class of an image has rank 1.
 */
export function predictionRecords(predictions: readonly Prediction[]): CsvRecord[] {
  return predictions.flatMap(({ file, classes, complexity, depth, level }) =>
    classes.map(({ className, probability }, index) => ({
      ...{ file, rank: index + 1, class: className, probability, complexity, depth, level },
    }))
  );
}
