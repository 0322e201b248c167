/** Coefficients of an explicit Runge-Kutta method. */
export interface ButcherTableau {
  /** Name of the method. */
  readonly name: string;
  /** Order of the global error in the step size. */
  readonly order: number;
  /** a: row i holds the weights of stages 0 .. i - 1 for stage i. */
  readonly stages: readonly (readonly number[])[];
  /** b: weights of the stages in the step. */
  readonly weights: readonly number[];
  /** c: nodes of the stages as fractions of the step. */
  readonly nodes: readonly number[];
}

const TOLERANCE = 1e-12;

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * Checks the mathematics of an explicit tableau when it is made: a mistyped coefficient would otherwise
 * show only as a lower order of convergence.
 *
 * @param tableau The coefficients.
 * @returns The same tableau.
 * @throws {RangeError} if it is not explicit, a row does not sum to its node, or the weights do not sum to 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.throws(() => butcherTableau({ name: "wrong", order: 1, stages: [[]], weights: [0.9], nodes: [0] }));
 * ```
 */
export function butcherTableau(tableau: ButcherTableau): ButcherTableau {
  const { name, stages, weights, nodes } = tableau;
  if (stages.length !== weights.length || stages.length !== nodes.length) {
    throw new RangeError(
      `Cannot use tableau ${name}: ${stages.length} stages, ${weights.length} weights and ${nodes.length} nodes must be equally many`,
    );
  }
  stages.forEach((row, index) => {
    if (row.length !== index) {
      throw new RangeError(
        `Cannot use tableau ${name}: stage ${index} of an explicit method needs ${index} coefficients, current value is ${row.length}`,
      );
    }
    if (Math.abs(sum(row) - nodes[index]!) > TOLERANCE) {
      throw new RangeError(
        `Cannot use tableau ${name}: row ${index} must sum to its node ${
          nodes[index]
        }, current value is ${sum(row)}`,
      );
    }
  });
  if (Math.abs(sum(weights) - 1) > TOLERANCE) {
    throw new RangeError(
      `Cannot use tableau ${name}: weights must sum to 1, current value is ${sum(weights)}`,
    );
  }
  return tableau;
}
