import type { Correlation } from "../../analyses/distribution.ts";
import { decimalCell } from "../cells.ts";

/**
 * A correlation in words.
 *
 * @param correlation The two coefficients.
 * @returns `Pearson 0.123, Spearman 0.119`.
 */
export function correlationText({ pearson, spearman }: Correlation): string {
  return pearson === null
    ? "none, one of them is constant"
    : `Pearson ${decimalCell(pearson, 3).text}, Spearman ${decimalCell(spearman, 3).text}`;
}
