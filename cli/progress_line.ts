import { durationCell } from "../lib/reports/cells.ts";
import { cutToWidth, widthOf } from "../lib/reports/text/text_width.ts";

/** How far a job has come. */
export interface ProgressUpdate {
  /** Units done so far. */
  readonly done: number;
  /** Units in all; `null` where nobody knows. */
  readonly total: number | null;
  /** What is going on, in a few words. */
  readonly text: string;
  /**
   * What is counted.
   *
   * @default the display's unit
   */
  readonly unit?: string;
  /**
   * Units per second.
   *
   * @default measured between the updates
   */
  readonly rate?: number;
  /**
   * Drawn at once; a terminal's line is otherwise redrawn ten times a second at most.
   *
   * @default false
   */
  readonly urgent?: boolean;
}

/** Widths of the bar, from the one that is liked best; 0 is none. */
const BAR_WIDTHS = [20, 10, 0];

/** Units per second: `812 images/s`, `3.2 MB/s`. */
function formatRate(rate: number, unit: string): string {
  if (unit === "bytes") return `${(rate / 1e6).toFixed(1)} MB/s`;
  const text = rate >= 10 ? rate.toFixed(0) : rate >= 0.1 ? rate.toFixed(1) : rate.toPrecision(1);
  return `${text} ${unit}/s`;
}

/** The amount done where no total is known: `512 images`, `3.2 MB`. */
function formatAmount(amount: number, unit: string): string {
  return unit === "bytes" ? `${(amount / 1e6).toFixed(1)} MB` : `${amount} ${unit}`;
}

/**
 * Share of a job that is done.
 *
 * @param state How far it has come.
 * @returns 0..1; `null` without a total.
 */
export function shareOf(state: ProgressUpdate): number | null {
  if (state.total === null || !(state.total > 0)) return null;
  return Math.min(1, Math.max(0, state.done / state.total));
}

/** What is known of a job; each is empty where nothing can be said. */
export interface ProgressFigures {
  /** Percentage, or amount. */
  readonly amount: string;
  /** Units per second. */
  readonly rate: string;
  /** Remaining time. */
  readonly left: string;
}

/**
 * Writes what is known of a job.
 *
 * @param state How far it has come.
 * @param options What is counted, and units per second as measured.
 * @returns The texts.
 */
export function figuresOf(
  state: ProgressUpdate,
  options: { readonly unit: string; readonly measured: number | null },
): ProgressFigures {
  const share = shareOf(state);
  const unit = state.unit ?? options.unit;
  const rate = state.rate ?? options.measured;
  // Remaining time comes from the measured pace, which includes pauses (validation, saving) that a rate
  // given by the caller leaves out.
  const pace = options.measured ?? rate;
  const isGoing = share !== null && share < 1 && pace !== null && pace > 0;
  return {
    amount: share !== null
      ? `${Math.floor(share * 100)} %`
      : state.done > 0
      ? formatAmount(state.done, unit)
      : "",
    rate: rate !== null && rate > 0 ? formatRate(rate, unit) : "",
    left: isGoing ? `${durationCell(((state.total ?? 0) - state.done) / pace).text} left` : "",
  };
}

function joined(parts: readonly string[], separator: string): string {
  return parts.filter((part) => part !== "").join(separator);
}

/** A bar: `[#####---------------]`; empty without a width or a share. */
function drawBar(share: number | null, width: number): string {
  if (share === null || width === 0) return "";
  const filled = Math.floor(share * width);
  return `[${"#".repeat(filled)}${"-".repeat(width - filled)}]`;
}

/**
 * The line of a file or pipe.
 *
 * @param state How far the job has come.
 * @param figures What is known of it.
 * @returns Figures and text.
 */
export function plainLine(state: ProgressUpdate, figures: ProgressFigures): string {
  const { amount, rate, left } = figures;
  return joined([joined([amount, rate, left], ", "), state.text], "  ");
}

/**
 * The line of a terminal that says most within a width: first the bar gets shorter, then the text, then the rate goes. The
 * remaining time stays.
 *
 * @param state How far the job has come.
 * @param figures What is known of it.
 * @param width Places of the line.
 * @returns The line.
 */
export function terminalLine(
  state: ProgressUpdate,
  { amount, rate, left }: ProgressFigures,
  width: number,
): string {
  const figures = joined([amount, rate, left], ", ");
  for (const barWidth of BAR_WIDTHS) {
    const bar = drawBar(shareOf(state), barWidth);
    const line = joined([joined([bar, figures], " "), state.text], "  ");
    if (widthOf(line) <= width) return line;
  }
  const shorter = [figures, joined([amount, left], ", "), left];
  const kept = shorter.find((text) => text.length <= width) ?? left;
  return cutToWidth(joined([kept, state.text], "  "), width).trimEnd();
}
