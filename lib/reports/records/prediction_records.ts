import type { PredictionAnswer } from "../../runs/run_types.ts";
import type { CsvRecord } from "./csv_record.ts";

/**
 * Predictions for other programs: one record per image and class.
 *
 * @param predictions One per image.
 * @returns Raw numbers; the most probable class of an image has rank 1.
 */
export function predictionRecords(predictions: readonly PredictionAnswer[]): CsvRecord[] {
  return predictions.flatMap((answer): CsvRecord[] => {
    const { file } = answer;
    if ("error" in answer) {
      const nothing = { rank: null, class: null, probability: null };
      return [{
        file,
        ...nothing,
        complexity: null,
        depth: null,
        level: null,
        error: answer.error,
      }];
    }
    const { classes, complexity, depth, level } = answer;
    return classes.map(({ className, probability }, index) => ({
      ...{ file, rank: index + 1, class: className, probability, complexity, depth, level },
      error: null,
    }));
  });
}
