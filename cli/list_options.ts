import { InvalidArgumentError } from "@commander-js/extra-typings";
import { wholeNumber } from "./shared_options.ts";

/** Tables that `--table all` stands for. */
const ALL_TABLES = [1, 2, 3, 4, 5, 6];

/**
 * Reads a list.
 *
 * @param text Words with commas.
 * @returns The words that are not empty.
 */
export function splitList(text: string): string[] {
  return text.split(",").map((word) => word.trim()).filter((word) => word !== "");
}

/**
 * Reads names of presets.
 *
 * @param text Names with commas.
 * @returns The names.
 * @throws {InvalidArgumentError} if there is none: an empty list would mean all.
 */
export function readPresets(text: string): string[] {
  const names = splitList(text);
  if (names.length > 0) return names;
  throw new InvalidArgumentError("It must be names of presets, for example puppet-cnn,vgg.");
}

/**
 * Reads seeds.
 *
 * @param text Whole numbers with commas.
 * @returns The numbers.
 * @throws {InvalidArgumentError} if there is none, or one is there twice.
 */
export function readSeeds(text: string): number[] {
  const words = splitList(text);
  const seeds = words.map(Number);
  const areSeeds = words.every((word) => /^\d+$/.test(word) && Number(word) < 2 ** 32);
  if (seeds.length > 0 && areSeeds && new Set(seeds).size === seeds.length) return seeds;
  throw new InvalidArgumentError(
    "It must be different whole numbers below 2^32 with commas, for example 1,2,3.",
  );
}

/**
 * Reads numbers of the paper's tables.
 *
 * @param text Numbers with commas, or `all`.
 * @returns The numbers, each once, ascending.
 * @throws {InvalidArgumentError} if one is not a table that is trained for.
 */
export function readTables(text: string): number[] {
  if (text === "all") return ALL_TABLES;
  const words = splitList(text);
  if (words.includes("7")) {
    throw new InvalidArgumentError('Table 7 is counted by "param-scaling --table 7".');
  }
  const tables = words.map(wholeNumber(1, 6));
  if (tables.length > 0) return [...new Set(tables)].sort((one, other) => one - other);
  throw new InvalidArgumentError("It must be numbers of tables, for example 1,3, or all.");
}
