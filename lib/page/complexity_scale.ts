import type { ComplexityLevel } from "../puppeteer/complexity_levels.ts";
import type { ComplexityHistogram } from "./page_data.ts";

/** What the scale shows. */
export interface ScaleOptions {
  /** Every level with the smallest complexity that belongs to it. */
  readonly levels: readonly (ComplexityLevel & { readonly from: number })[];
  /** Spread of the training images; `null` where it is not known. */
  readonly histogram: ComplexityHistogram | null;
  /** The picture's complexity, or the one set by hand. */
  readonly complexity: number;
  /** The level in use. */
  readonly level: number;
  /** Ends of the scale. */
  readonly range: readonly [low: number, high: number];
  /** Unit of the complexity. */
  readonly unit: string;
  /** Width of the drawing in pixels: texts keep their size. */
  readonly width: number;
}

/** Share of the levels' distance that lies beyond the outermost ones. */
const MARGIN = 0.12;

/**
 * Chooses the ends of the scale, so that nothing is drawn at a place that is not its own.
 *
 * @param levels The levels, in order of complexity.
 * @param histogram Spread of the training images; `null` where it is not known.
 * @param complexity The picture's complexity.
 * @returns Whole numbers, at least 0, around all of them.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(complexityRange([{ complexity: 12.5 }], null, 8.4), [8, 14]);
 * ```
 */
export function complexityRange(
  levels: readonly Pick<ComplexityLevel, "complexity">[],
  histogram: ComplexityHistogram | null,
  complexity: number,
): readonly [low: number, high: number] {
  const [first, last] = [levels[0]!.complexity, levels.at(-1)!.complexity];
  const margin = MARGIN * (last - first || first);
  const { bins = [] } = histogram ?? {};
  const low = Math.min(first - margin, complexity, ...bins.map(({ from }) => from));
  const high = Math.max(last + margin, complexity, ...bins.map(({ to }) => to));
  return [Math.max(0, Math.floor(low)), Math.ceil(high)];
}

const BARS = 90;
const BANDS = 34;

/** Depth by depth: levels of one depth make one band. */
function bandsOf({ levels, level, range: [low, high] }: ScaleOptions): {
  readonly depth: number;
  readonly from: number;
  readonly to: number;
  readonly isOn: boolean;
}[] {
  const depths = [...new Set(levels.map(({ depth }) => depth))];
  return depths.map((depth) => {
    const members = levels.filter((other) => other.depth === depth);
    const next = levels[members.at(-1)!.index + 1];
    return {
      depth,
      from: Math.max(members[0]!.from, low),
      to: Math.min(next?.from ?? high, high),
      isOn: levels[level]!.depth === depth,
    };
  });
}

/**
 * Draws the scale of complexity: how the training images are spread, which depth follows, and where the picture is.
 *
 * @param options What to show.
 * @returns SVG.
 */
export function complexityScale(options: ScaleOptions): string {
  const { histogram, complexity, range: [low, high], unit, width } = options;
  const x = (value: number) =>
    Number((((Math.min(Math.max(value, low), high) - low) / (high - low)) * width).toFixed(1));
  const { bins = [] } = histogram ?? {};
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const bars = bins.map(({ from, to, count }) => {
    const height = (count / most) * (BARS - 16);
    const left = x(from);
    return `<rect class="bar" x="${left}" y="${(BARS - height).toFixed(1)}" width="${
      Math.max(x(to) - left - 1, 0).toFixed(1)
    }" height="${height.toFixed(1)}"/>`;
  });
  const bands = bandsOf(options).map(({ depth, from, to, isOn }) => {
    const on = isOn ? " on" : "";
    const middle = (x(from) + x(to)) / 2;
    return `<rect class="band${on}" x="${x(from)}" y="${BARS + 6}" width="${
      (x(to) - x(from)).toFixed(1)
    }" height="${BANDS}" rx="4"/>` +
      `<text class="band-name${on}" x="${middle}" y="${BARS + 6 + BANDS / 2 + 4}">${depth}</text>`;
  });
  const label = histogram === null
    ? `Complexity ${complexity.toFixed(2)} ${unit}`
    : `Complexity ${
      complexity.toFixed(2)
    } ${unit}, on the spread of ${histogram.images} training images`;
  const foot = BARS + BANDS + 26;
  return `<svg viewBox="0 0 ${width} ${foot + 4}" role="img" aria-label="${label}">${
    bars.join("")
  }${bands.join("")}<line class="mark" x1="${x(complexity)}" x2="${x(complexity)}" y1="8" y2="${
    BARS + 6
  }"/><circle class="dot" cx="${x(complexity)}" cy="8" r="5"/>` +
    `<text x="0" y="${foot}">${low} ${unit}</text><text x="${width}" y="${foot}" text-anchor="end">${high} ${unit}</text>` +
    `<text x="${width / 2}" y="${foot}" text-anchor="middle">layers</text></svg>`;
}
