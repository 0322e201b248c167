import type { ComplexityLevel, ComplexityLevels } from "./complexity_levels.ts";

/** The smallest double that `belongs` says yes to, where it says no to 0 and yes to `upper` and never goes back. */
function firstThat(belongs: (value: number) => boolean, upper: number): number {
  let [below, above] = [0, upper];
  for (;;) {
    const middle = below + (above - below) / 2;
    if (middle <= below || middle >= above) return above;
    if (belongs(middle)) above = middle;
    else below = middle;
  }
}

/**
 * Finds where each level begins. It asks the rule that routes images, so that a comparison with the result can never
 * disagree with it.
 *
 * @param levels The levels.
 * @returns Every level with the smallest complexity that belongs to it, or 0 where it begins below. Of several that begin at
 * 0 the last holds it; no image reaches the others.
 */
export function levelStarts(
  levels: ComplexityLevels,
): readonly (ComplexityLevel & { readonly from: number })[] {
  return levels.list.map((level, index) => ({
    ...level,
    from: levels.levelOf(0) >= index ? 0 : firstThat(
      (value) => levels.levelOf(value) >= index,
      level.complexity,
    ),
  }));
}
