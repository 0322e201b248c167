import type { Cell, Fact } from "./report_document.ts";

/** Stands where there is no value. */
const NOTHING = "\u2013";

let grouped: Intl.NumberFormat | undefined;

/**
 * Made once, since a formatter for every number would take most of the time of a long table; and only where a number is
 * written, since it takes longer than the rest of a command's start.
 */
function group(value: number): string {
  grouped ??= new Intl.NumberFormat("en-US");
  return grouped.format(value);
}

/** Documents come from files: what is not a number must not be shown as one. */
function requireNumber(value: unknown): asserts value is number | null {
  if (value === null || typeof value === "number") return;
  throw new TypeError(
    `Cannot show a figure: it must be a number or null, current value is ${JSON.stringify(value)}`,
  );
}

function cellOf(value: number | null, write: (value: number) => string): Cell {
  requireNumber(value);
  if (value === null) return { value, text: NOTHING };
  return { value, text: Number.isFinite(value) ? write(value) : String(value) };
}

/**
 * A share as a percentage.
 *
 * @param value 0..1, or `null`.
 * @returns `72.51 %`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(shareCell(0.7251), { value: 0.7251, text: "72.51 %" });
 * ```
 */
export function shareCell(value: number | null): Cell {
  return cellOf(value, (share) => `${(share * 100).toFixed(2)} %`);
}

/**
 * A number with a fixed number of decimals.
 *
 * @param value The number, or `null`.
 * @param decimals Digits behind the point.
 * @returns `1.2346`.
 */
export function decimalCell(value: number | null, decimals: number = 4): Cell {
  return cellOf(value, (number) => number.toFixed(decimals));
}

/**
 * A mean number of layers.
 *
 * @param value The mean over the images, or `null`.
 * @param decides Whether the network decides which of them an image passes; the mean is then of its longest way.
 * @returns `10.15`, `at most 21.00`.
 */
export function depthCell(value: number | null, decides: boolean): Cell {
  return cellOf(value, (depth) => `${decides ? "at most " : ""}${depth.toFixed(2)}`);
}

/**
 * A whole number in groups of three digits.
 *
 * @param value The number, or `null`.
 * @returns `269,824`.
 */
export function countCell(value: number | null): Cell {
  return cellOf(value, group);
}

/**
 * A number of any size, to four significant digits.
 *
 * @param value The number, or `null`.
 * @param unit Stands behind it.
 * @returns `0.00123 s`, `9.766e-5`.
 */
export function significantCell(value: number | null, unit: string = ""): Cell {
  return cellOf(value, (number) => {
    const rounded = Number(number.toPrecision(4));
    const isTiny = rounded !== 0 && Math.abs(rounded) < 1e-4;
    const text = isTiny ? rounded.toExponential() : rounded.toLocaleString("en-US", {
      maximumSignificantDigits: 4,
    });
    return unit === "" ? text : `${text} ${unit}`;
  });
}

const WORK_UNITS = [[1e12, "T"], [1e9, "G"], [1e6, "M"]] as const;

/**
 * Multiply-adds.
 *
 * @param value Their number, or `null`.
 * @returns Four digits: `284.9 M`, `12.34 G`.
 */
export function workCell(value: number | null): Cell {
  return cellOf(value, (work) => {
    if (work === 0) return "0";
    // 999,999,999 would be rounded to 1000 M.
    const [size, unit] = WORK_UNITS.find(([size]) => work >= 0.99995 * size) ?? [1e3, "k"];
    return `${(work / size).toPrecision(4)} ${unit}`;
  });
}

/**
 * A size in millions of bytes.
 *
 * @param value MB, or `null`.
 * @param hasUnit Whether the unit stands behind it; not where it stands above the column.
 * @returns `1.08 MB`; two significant digits where less would be nothing.
 */
export function megabyteCell(value: number | null, hasUnit: boolean = true): Cell {
  return cellOf(value, (size) => {
    const text = size >= 0.1 || size === 0 ? size.toFixed(2) : String(Number(size.toPrecision(2)));
    return hasUnit ? `${text} MB` : text;
  });
}

/**
 * Parameters with their size in memory, as the paper counts it.
 *
 * @param value Number of float32 values, or `null`.
 * @returns `269,824 (1.08 MB)`, MB = 4 x parameters / 1e6.
 */
export function parametersCell(value: number | null): Cell {
  return cellOf(
    value,
    (count) => `${group(count)} (${megabyteCell(4 * count / 1e6).text})`,
  );
}

/**
 * Wall time of one image, so that a column of them can be compared at a glance.
 *
 * @param value Seconds, or `null`.
 * @returns Three significant digits without exponent: `0.00720`, `0.000427`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const texts = [0.0072, 4.27e-4, 12.345, 0].map((seconds) => secondsCell(seconds).text);
 * assert.deepEqual(texts, ["0.00720", "0.000427", "12.3", "0"]);
 * ```
 */
export function secondsCell(value: number | null): Cell {
  return cellOf(value, (seconds) => {
    if (seconds === 0) return "0";
    const decimals = Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(seconds)))));
    return seconds.toFixed(decimals);
  });
}

/**
 * A difference to a print, with its sign.
 *
 * @param value The difference, or `null`.
 * @returns `0.00`, `+0.02`, `-0.01`: no sign where nothing is left after rounding.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const texts = [0.02, 0.004, -0.004, -0.01].map((value) => differenceCell(value).text);
 * assert.deepEqual(texts, ["+0.02", "0.00", "0.00", "-0.01"]);
 * ```
 */
export function differenceCell(value: number | null): Cell {
  return cellOf(value, (difference) => {
    const text = difference.toFixed(2);
    return Number(text) === 0 ? "0.00" : `${difference > 0 ? "+" : ""}${text}`;
  });
}

/**
 * A duration.
 *
 * @param value Seconds, or `null`.
 * @returns `42 s`, `3 min 07 s`, `2 h 05 min`, `3 d 04 h`.
 */
export function durationCell(value: number | null): Cell {
  return cellOf(value, (seconds) => {
    const whole = Math.round(seconds);
    const two = (number: number) => String(Math.floor(number)).padStart(2, "0");
    if (whole < 60) return `${whole} s`;
    if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
    if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${two((whole % 3600) / 60)} min`;
    return `${Math.floor(whole / 86_400)} d ${two((whole % 86_400) / 3600)} h`;
  });
}

/**
 * Text as it is.
 *
 * @param value The text, or anything else, which is shown as JSON; `null` where there is none.
 * @returns The cell.
 */
export function textCell(value: unknown): Cell {
  if (value === null || value === undefined || value === "") return { value: null, text: NOTHING };
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? NOTHING;
  return { value: text, text };
}

/**
 * A value of the configuration.
 *
 * @param value The value; `null` is shown in the file's own word.
 * @returns The cell.
 */
export function configCell(value: unknown): Cell {
  return value === null || value === undefined ? { value: null, text: "null" } : textCell(value);
}

/**
 * A name with its value.
 *
 * @param name What it is.
 * @param cell Its value.
 * @param note A few words more.
 * @returns The fact.
 */
export function fact(name: string, cell: Cell, note?: string): Fact {
  return note === undefined ? { name, cell } : { name, cell, note };
}
