/** What tells whether Top-5 says something. */
interface Top5Figures {
  /** Share whose class is among the five most probable, 0..1. */
  readonly top5: number;
  /** The classes, or their number; absent where it is not known. */
  readonly classes?: number | readonly unknown[];
}

/**
 * Top-5 where it tells something: with five classes or fewer it is 100 % for every model.
 *
 * @param figures Figures of an evaluation; `null` for none.
 * @returns The share; `null` where it tells nothing.
 */
export function tellingTop5(figures: Top5Figures | null): number | null {
  if (figures === null) return null;
  const { classes = Infinity, top5 } = figures;
  return (typeof classes === "number" ? classes : classes.length) <= 5 ? null : top5;
}
