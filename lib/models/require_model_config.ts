import { solvers } from "../puppeteer/solvers/solver_registry.ts";
import type { ModelConfig } from "./model_config.ts";

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1;
const isPositive = (value: unknown) => Number.isFinite(value) && (value as number) > 0;

type Rule = readonly [isKept: (value: unknown) => boolean, words: string];

const COUNT: Rule = [isCount, "a whole number of at least 1"];
const POSITIVE: Rule = [isPositive, "a number above 0"];

function oneOf(words: readonly string[]): Rule {
  return [(value) => words.includes(value as string), `one of ${words.join(", ")}`];
}

const RULES: Readonly<Partial<Record<keyof ModelConfig, Rule>>> = {
  maxChannels: COUNT,
  kernelSize: [
    (value) => isCount(value) && (value as number) % 2 === 1,
    "an odd whole number of at least 1",
  ],
  initialState: oneOf(["seeded", "learned", "constant"]),
  initialStateSize: POSITIVE,
  solver: oneOf(Object.keys(solvers)),
  trajectorySteps: [(value) => value === null || isCount(value), `null or ${COUNT[1]}`],
  fixedDepth: COUNT,
  stepsPerBit: POSITIVE,
  complexityOffset: [Number.isFinite, "a finite number"],
  minSteps: COUNT,
  maxSteps: COUNT,
  levelsPerDepth: COUNT,
  referenceComplexity: POSITIVE,
};

/**
 * Refuses a model that cannot be. A configuration that was read has been checked; one that a program made, or the card
 * of a checkpoint that an earlier version wrote, has not, and a missing number would make kernels of NaN.
 *
 * @param config What fixes the architecture.
 * @throws {RangeError} naming the first value that is out of range.
 */
export function requireModelConfig(config: ModelConfig): void {
  const fail = (name: string, words: string, value: unknown) => {
    throw new RangeError(
      `Cannot make a model: ${name} must be ${words}, current value is ${String(value)}`,
    );
  };
  for (const [name, [isKept, words]] of Object.entries(RULES)) {
    const value: unknown = config[name as keyof ModelConfig];
    if (!isKept(value)) fail(name, words, value);
  }
  const { minSteps, maxSteps } = config;
  if (maxSteps < minSteps) fail("maxSteps", `at least minSteps, which is ${minSteps}`, maxSteps);
}
