import { canRedraw, CLEAR_LINE, setMovingLine, writeText } from "./output.ts";
import {
  figuresOf,
  plainLine,
  type ProgressUpdate,
  shareOf,
  terminalLine,
} from "./progress_line.ts";
import { durationCell } from "../lib/reports/cells.ts";
import { safeLine } from "../lib/safe_text.ts";

/** A running progress display. */
export interface Progress {
  /** Shows how far the job has come. */
  update(state: ProgressUpdate): void;
  /** Writes a line that stays, above the moving one. */
  note(text: string): void;
  /** Most characters of a note that a terminal does not wrap; `Infinity` where there is no terminal. */
  width(): number;
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
   * @default whether stderr is a terminal that is not a dumb one
   */
  readonly isTerminal?: boolean;
  /**
   * Width of the terminal in characters, asked for with every line.
   *
   * @default the width of the terminal, or 80
   */
  readonly columns?: () => number;
  /**
   * Receives the text.
   *
   * @default writes to stderr
   */
  readonly write?: (text: string) => void;
  /**
   * Clock in milliseconds; with one of a caller's own, the line does not move by itself.
   *
   * @default performance.now
   */
  readonly now?: () => number;
}

const REDRAW_MILLISECONDS = 100;
/** Between two redraws where nobody reports anything. */
const BEAT_MILLISECONDS = 250;
/** Least pause between plain lines. */
const PLAIN_PAUSE_MILLISECONDS = 1000;
const PLAIN_MILLISECONDS = 10_000;
const PLAIN_SHARE = 0.1;

/** With what a display needs beside them. */
interface CompleteOptions extends Required<ProgressOptions> {
  /** Whether the line is redrawn by itself. */
  readonly beats: boolean;
  /** Told of the moving line as it stands, "" where there is none. */
  readonly onLine: (line: string) => void;
}

/** A gap between two updates of this length, and of this many times the longest before, is no work: a halt. */
const HALT = { milliseconds: 60_000, times: 10 };

/** Measures units per second from the updates themselves; time in which the process was halted does not count. */
class RateMeter {
  #first: { readonly done: number; readonly at: number } | null = null;
  #last: { readonly state: ProgressUpdate; readonly at: number } | null = null;
  #longest = 0;
  #halted = 0;

  /** Units per second since the first update; `null` as long as nothing can be said. */
  measure(state: ProgressUpdate, at: number): number | null {
    const [first, last] = [this.#first, this.#last];
    const { done, total } = state;
    this.#last = { state, at };
    // A job that starts over (the next file, the next level), and another job, start a new measurement.
    if (first === null || last === null || done < last.state.done || total !== last.state.total) {
      this.#first = { done, at };
      [this.#longest, this.#halted] = [0, 0];
      return null;
    }
    const gap = at - last.at;
    const isHalt = gap > HALT.milliseconds && gap > HALT.times * this.#longest;
    if (isHalt && this.#longest > 0) this.#halted += gap;
    // One that comes again is a part of the work.
    this.#longest = Math.max(this.#longest, gap);
    const seconds = (at - first.at - this.#halted) / 1000;
    return seconds > 0.2 && done > first.done ? (done - first.done) / seconds : null;
  }
}

/** Calls something a few times a second, between `start` and `stop`. */
function createBeat(beats: boolean, action: () => void): { start(): void; stop(): void } {
  let timer: ReturnType<typeof setInterval> | null = null;
  return {
    start() {
      if (timer !== null || !beats) return;
      timer = setInterval(action, BEAT_MILLISECONDS);
      // The process must not live for its progress line.
      Deno.unrefTimer(timer);
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
    },
  };
}

/** One line, redrawn in place. */
function createTerminalProgress(options: CompleteOptions): Progress {
  const { write, now, unit, columns, onLine } = options;
  const meter = new RateMeter();
  let lastDrawn = -Infinity;
  let line = "";
  let latest: { readonly state: ProgressUpdate; readonly since: number } | null = null;
  const beat = createBeat(options.beats, () => {
    if (now() - lastDrawn >= BEAT_MILLISECONDS) draw(now());
  });

  function draw(at: number): void {
    if (latest === null) return;
    const { state, since } = latest;
    lastDrawn = at;
    const measured = meter.measure(state, at);
    const figures = figuresOf(state, { unit, measured });
    // Where nothing is counted, the time that passes shows that it goes on.
    const waited = at - since >= 1000 ? durationCell((at - since) / 1000).text : "";
    const shown = shareOf(state) === null && state.done === 0
      ? { ...figures, rate: waited }
      : figures;
    // The last column stays free: a full line would wrap and could not be redrawn.
    line = terminalLine(state, shown, columns() - 1);
    write(CLEAR_LINE + line);
    onLine(line);
  }

  return {
    update(state) {
      const at = now();
      const isOther = latest?.state.text !== state.text || state.done < latest.state.done;
      latest = { state, since: latest === null || isOther ? at : latest.since };
      meter.measure(state, at);
      beat.start();
      const isEarly = at - lastDrawn < REDRAW_MILLISECONDS;
      if (isEarly && shareOf(state) !== 1 && !state.urgent) return;
      draw(at);
    },
    note(text) {
      write(`${line === "" ? "" : CLEAR_LINE}${text}\n${line}`);
    },
    width: () => columns() - 1,
    end(text) {
      beat.stop();
      latest = null;
      if (line !== "") write(CLEAR_LINE);
      line = "";
      onLine(line);
      if (text !== undefined) write(`${text}\n`);
    },
  };
}

/** Plain lines for files and pipes: one after 10 s or 10 % of the job, whichever comes first, but none within a second. */
function createPlainProgress(options: CompleteOptions): Progress {
  const { write, now, unit } = options;
  const meter = new RateMeter();
  let lastTime: number | null = null;
  let lastShare = 0;
  return {
    update(state) {
      const at = now();
      const measured = meter.measure(state, at);
      lastTime ??= at;
      const share = shareOf(state);
      const moved = share === null ? 0 : share < lastShare ? 1 : share - lastShare;
      // The small allowance keeps 0.3 - 0.2 from missing its line.
      const passed = at - lastTime;
      const hasMoved = moved >= PLAIN_SHARE - 1e-9 && passed >= PLAIN_PAUSE_MILLISECONDS;
      if (passed < PLAIN_MILLISECONDS && !hasMoved) return;
      lastTime = at;
      lastShare = share ?? 0;
      write(`${plainLine(state, figuresOf(state, { unit, measured }))}\n`);
    },
    note: (text) => write(`${text}\n`),
    width: () => Infinity,
    end(text) {
      if (text !== undefined) write(`${text}\n`);
    },
  };
}

/** Width of the terminal behind stderr, or 80. */
function terminalColumns(): number {
  try {
    // Some terminals say that they have none.
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}

/**
 * Makes a progress display on stderr: one redrawn line with a bar, the rate and the remaining time on a
 * terminal; plain lines, one every 10 s or 10 %, in files, pipes and on a dumb terminal; nothing with `quiet`.
 *
 * @param options See {@linkcode ProgressOptions}.
 * @returns The display; call `end` when the job is over.
 */
export function createProgress(options: ProgressOptions = {}): Progress {
  const complete: CompleteOptions = {
    quiet: options.quiet ?? false,
    unit: options.unit ?? "images",
    isTerminal: options.isTerminal ?? canRedraw("stderr"),
    columns: options.columns ?? terminalColumns,
    write: options.write ?? ((text) => writeText(text, "stderr")),
    now: options.now ?? (() => performance.now()),
    beats: options.now === undefined,
    onLine: options.write === undefined ? setMovingLine : () => {},
  };
  if (complete.quiet) return { update() {}, note() {}, width: () => Infinity, end() {} };
  const shown = complete.isTerminal
    ? createTerminalProgress(complete)
    : createPlainProgress(complete);
  return {
    update: (state) => shown.update({ ...state, text: safeLine(state.text) }),
    note: (text) => shown.note(safeLine(text)),
    width: () => shown.width(),
    end: (text) => text === undefined ? shown.end() : shown.end(safeLine(text)),
  };
}
