import type { EvaluationReport } from "../../evaluation/evaluation_report.ts";

/**
 * Top-5 where it tells something: with five classes or fewer it is 100 % for every model.
 *
 * @param figures An evaluation; `null` for none.
 * @returns The share; `null` where it tells nothing.
 */
export function tellingTop5(figures: EvaluationReport | null): number | null {
  return figures === null || figures.classes.length <= 5 ? null : figures.top5;
}
