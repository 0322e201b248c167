import { InvalidArgumentError } from "@commander-js/extra-typings";
import type { SaveSchedule } from "../lib/training/save_schedule.ts";

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 };

const DURATION = /^(?:\d+(?:\.\d+)?(?:s|min|m|h|d))+$/;

/**
 * Reads a length of time.
 *
 * @param text Numbers with units, largest first: `90s`, `10m`, `1h30m`, `1.5h`, `2d`.
 * @returns Seconds, above 0.
 * @throws {InvalidArgumentError} if it is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(readDuration("1h30m"), 5400);
 * ```
 */
export function readDuration(text: string): number {
  let seconds = 0;
  if (DURATION.test(text)) {
    for (const [, number, unit] of text.matchAll(/([\d.]+)(min|[smhd])/g)) {
      seconds += Number(number) * SECONDS[unit!]!;
    }
  }
  if (seconds > 0 && Number.isFinite(seconds)) return seconds;
  throw new InvalidArgumentError(
    "It must be a time with a unit, for example 90s, 10m, 1h30m or 2d.",
  );
}

/**
 * Reads when a training is saved.
 *
 * @param text A number of epochs, or a time with a unit.
 * @returns The schedule.
 * @throws {InvalidArgumentError} if it is neither.
 */
export function readSaveSchedule(text: string): SaveSchedule {
  if (/^\d+$/.test(text)) {
    const epochs = Number(text);
    if (epochs >= 1 && epochs <= 1e6) return { epochs };
    throw new InvalidArgumentError("It must be a number of epochs in 1..1000000.");
  }
  try {
    return { seconds: readDuration(text) };
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new InvalidArgumentError(
      "It must be a number of epochs, for example 5, or a time with a unit, for example 10m.",
    );
  }
}
