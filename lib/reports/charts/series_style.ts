// @ts-types="npm:@types/d3-shape@3.2.0"
import {
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
} from "d3-shape";
import type { Attributes } from "../markup.ts";

/**
 * After Okabe and Ito's colours, which people with any kind of colour blindness tell apart; darkened where needed, so that each
 * keeps a contrast of 3:1 against white and against #16181c.
 */
export const SERIES_COLORS: readonly string[] = [
  "#1f7ac0",
  "#d55e00",
  "#00896a",
  "#b8609a",
  "#94750b",
  "#74808a",
];

const SHAPES = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolCross,
  symbolStar,
] as const;

/**
 * The colour of a series.
 *
 * @param index Place of the series in the chart.
 * @returns A colour; they come again after the sixth.
 */
export function seriesColor(index: number): string {
  return SERIES_COLORS[index % SERIES_COLORS.length]!;
}

/**
 * The marker of a series: shapes tell series apart without colour, and hollow ones follow when all are used up.
 *
 * @param index Place of the series in the chart.
 * @param area Area in square pixels.
 * @returns The outline around (0, 0), and how to paint it.
 */
export function seriesMarker(
  index: number,
  area: number = 28,
): { readonly path: string; readonly paint: Attributes } {
  const shape = SHAPES[index % SHAPES.length]!;
  const isHollow = Math.floor(index / SHAPES.length) % 2 === 1;
  const color = seriesColor(index);
  return {
    path: symbol(shape, area).digits(1)() ?? "",
    paint: isHollow ? { fill: "none", stroke: color } : { fill: color },
  };
}

/**
 * How the bars of a series are filled: full, pale with a border, or hollow with a dashed border, so that neighbours differ
 * without colour.
 *
 * @param index Place of the series among the bars.
 * @param color Its colour.
 * @returns Attributes of the bars.
 */
export function barPaint(index: number, color: string): Attributes {
  const variant = index % 3;
  if (variant === 0) return { fill: color };
  if (variant === 1) return { fill: color, "fill-opacity": 0.3, stroke: color };
  return { fill: "none", stroke: color, "stroke-dasharray": "3 2" };
}
