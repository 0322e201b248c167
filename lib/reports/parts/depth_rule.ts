import type { DepthRule } from "../../analyses/depth_analysis.ts";

/**
 * The rule by which the complexity H of an image becomes its number of layers N.
 *
 * @param rule Its constants.
 * @returns `N = round(0.8 H), held in 6..12`, with the offset where there is one.
 */
export function depthRule(
  { stepsPerBit, complexityOffset = 0, minSteps, maxSteps }: Pick<
    DepthRule,
    "stepsPerBit" | "complexityOffset" | "minSteps" | "maxSteps"
  >,
): string {
  const sign = complexityOffset < 0 ? "+" : "-";
  const above = complexityOffset === 0 ? "H" : `(H ${sign} ${Math.abs(complexityOffset)})`;
  const range = minSteps === maxSteps ? `${minSteps}` : `${minSteps}..${maxSteps}`;
  return `N = round(${stepsPerBit} ${above}), held in ${range}`;
}
