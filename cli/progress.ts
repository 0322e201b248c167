import { isTerminal as streamIsTerminal, writeText } from "./output.ts";
import { safeLine } from "../lib/safe_text.ts";

/** How far a job has come. */
export interface ProgressUpdate {
  /** Units done so far. */
  readonly done: number;
  /** Units in all; `null` where nobody knows. */
  readonly total: number | null;
  /** What is going on, in a few words. */
  readonly text: string;
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

/** A running progress display. */
export interface Progress {
  /** Shows how far the job has come. */
  update(state: ProgressUpdate): void;
  /** Writes a line that stays, above the moving one. */
  note(text: string): void;
  /** Removes the moving line; the text, if any, stays. */
  end(text?: string): void;
}

/** Options of {@linkcode createProgress}. */
export interface ProgressOptions {
  /**
   * Shows nothing at all.
   *
   * @default false
   */
  readonly quiet?: boolean;
  /**
   * What is counted; `bytes` are shown in MB.
   *
   * @default "images"
   */
  readonly unit?: string;
  /**
   * Redraws one line; otherwise plain lines are written now and then.
   *
   * @default whether stderr is a terminal
   */
  readonly isTerminal?: boolean;
  /**
   * Width of the terminal in characters.
   *
   * @default the width of the terminal, or 80
   */
  readonly columns?: number;
  /**
   * Receives the text.
   *
   * @default writes to stderr
   */
  readonly write?: (text: string) => void;
  /**
   * Clock in milliseconds.
   *
   * @default performance.now
   */
  readonly now?: () => number;
}

const BAR_WIDTH = 20;
const REDRAW_MILLISECONDS = 100;
const PLAIN_MILLISECONDS = 10_000;
const PLAIN_SHARE = 0.1;
const CLEAR_LINE = "\r\x1b[K";

/**
 * Writes a duration the way people say it.
 *
 * @param seconds Duration in seconds, >= 0.
 * @returns `42 s`, `3 min 07 s`, `2 h 05 min` or `3 d 04 h`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(formatDuration(187), "3 min 07 s");
 * ```
 */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${two((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${two((whole % 86_400) / 3600)} h`;
}

/** Units per second: `812 images/s`, `3.2 MB/s`. */
function formatRate(rate: number, unit: string): string {
  if (unit === "bytes") return `${(rate / 1e6).toFixed(1)} MB/s`;
  return `${rate >= 10 ? rate.toFixed(0) : rate.toFixed(1)} ${unit}/s`;
}

/** The amount done where no total is known: `512 images`, `3.2 MB`. */
function formatAmount(amount: number, unit: string): string {
  return unit === "bytes" ? `${(amount / 1e6).toFixed(1)} MB` : `${amount} ${unit}`;
}

/** Share done, 0..1; `null` without a total. */
function shareOf(state: ProgressUpdate): number | null {
  if (state.total === null || !(state.total > 0)) return null;
  return Math.min(1, Math.max(0, state.done / state.total));
}

/** Measures units per second from the updates themselves. */
class RateMeter {
  #first: { readonly done: number; readonly at: number } | null = null;

  /** Units per second since the first update; `null` as long as nothing can be said. */
  measure(done: number, at: number): number | null {
    // A job that starts over (the next file) starts a new measurement.
    if (this.#first === null || done < this.#first.done) this.#first = { done, at };
    const seconds = (at - this.#first.at) / 1000;
    return seconds > 0.2 && done > this.#first.done ? (done - this.#first.done) / seconds : null;
  }
}

/** The parts behind the bar: percentage or amount, rate, remaining time. */
function describe(
  state: ProgressUpdate,
  options: { readonly unit: string; readonly measured: number | null },
): string {
  const share = shareOf(state);
  const parts = [
    share === null ? formatAmount(state.done, options.unit) : `${Math.floor(share * 100)} %`,
  ];
  const rate = state.rate ?? options.measured;
  if (rate !== null && rate > 0) parts.push(formatRate(rate, options.unit));
  // Remaining time comes from the measured pace, which includes pauses (validation, saving) that a rate
  // given by the caller leaves out.
  const pace = options.measured ?? rate;
  if (share !== null && share < 1 && pace !== null && pace > 0) {
    parts.push(`${formatDuration(((state.total ?? 0) - state.done) / pace)} left`);
  }
  return parts.join(", ");
}

/** A bar of fixed width: `[#####---------------]`. */
function drawBar(share: number): string {
  const filled = Math.floor(share * BAR_WIDTH);
  return `[${"#".repeat(filled)}${"-".repeat(BAR_WIDTH - filled)}]`;
}

/** One line, redrawn in place. */
function createTerminalProgress(options: Required<ProgressOptions>): Progress {
  const { write, now, unit, columns } = options;
  const meter = new RateMeter();
  let lastDrawn = -Infinity;
  let line = "";
  return {
    update(state) {
      const at = now();
      const measured = meter.measure(state.done, at);
      const share = shareOf(state);
      const isEarly = at - lastDrawn < REDRAW_MILLISECONDS;
      if (isEarly && share !== 1 && !state.urgent) return;
      lastDrawn = at;
      const bar = share === null ? "" : `${drawBar(share)} `;
      // The last column stays free: a full line would wrap and could not be redrawn.
      line = `${bar}${describe(state, { unit, measured })}  ${state.text}`.slice(0, columns - 1);
      write(CLEAR_LINE + line);
    },
    note(text) {
      write(`${line === "" ? "" : CLEAR_LINE}${text}\n${line}`);
    },
    end(text) {
      if (line !== "") write(CLEAR_LINE);
      line = "";
      if (text !== undefined) write(`${text}\n`);
    },
  };
}

/** Plain lines for files and pipes: one after 10 s or 10 % of the job, whichever comes first. */
function createPlainProgress(options: Required<ProgressOptions>): Progress {
  const { write, now, unit } = options;
  const meter = new RateMeter();
  let lastTime: number | null = null;
  let lastShare = 0;
  return {
    update(state) {
      const at = now();
      const measured = meter.measure(state.done, at);
      lastTime ??= at;
      const share = shareOf(state);
      const moved = share === null ? 0 : share < lastShare ? 1 : share - lastShare;
      // The small allowance keeps 0.3 - 0.2 from missing its line.
      if (at - lastTime < PLAIN_MILLISECONDS && moved < PLAIN_SHARE - 1e-9) return;
      lastTime = at;
      lastShare = share ?? 0;
      write(`${describe(state, { unit, measured })}  ${state.text}\n`);
    },
    note: (text) => write(`${text}\n`),
    end(text) {
      if (text !== undefined) write(`${text}\n`);
    },
  };
}

/** Width of the terminal behind stderr, or 80. */
function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80;
  }
}

/**
 * Makes a progress display on stderr: one redrawn line with a bar, the rate and the remaining time on a
 * terminal; plain lines, at most one every 10 s or 10 %, in files and pipes; nothing with `quiet`.
 *
 * @param options See {@linkcode ProgressOptions}.
 * @returns The display; call `end` when the job is over.
 */
export function createProgress(options: ProgressOptions = {}): Progress {
  const complete: Required<ProgressOptions> = {
    quiet: options.quiet ?? false,
    unit: options.unit ?? "images",
    isTerminal: options.isTerminal ?? streamIsTerminal("stderr"),
    columns: options.columns ?? terminalColumns(),
    write: options.write ?? ((text) => writeText(text, "stderr")),
    now: options.now ?? (() => performance.now()),
  };
  if (complete.quiet) return { update() {}, note() {}, end() {} };
  const shown = complete.isTerminal
    ? createTerminalProgress(complete)
    : createPlainProgress(complete);
  return {
    update: (state) => shown.update({ ...state, text: safeLine(state.text) }),
    note: (text) => shown.note(safeLine(text)),
    end: (text) => text === undefined ? shown.end() : shown.end(safeLine(text)),
  };
}
