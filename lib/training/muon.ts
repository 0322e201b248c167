import * as tf from "@tensorflow/tfjs-core";
import { withoutRounding } from "../backends/bfloat16.ts";
import { zeroVariable } from "../tensors/zero_variable.ts";
import type { ParameterMemory, UpdateStep } from "./parameter_memory.ts";
import type { TrainingConfig } from "./training_config.ts";

/** Share of the momentum that is left after a step. */
const MOMENTUM = 0.95;

/** Coefficients of x, x^3 and x^5: five times one after the other they bring 0.01..1 to about 1 (Jordan 2024). */
const QUINTIC = [3.4445, -4.775, 2.0315] as const;
const ITERATIONS = 5;

/** Root of the mean square of an update per unit of learning rate: about that of Adam's. */
const UPDATE_SIZE = 0.2;

/** Long side of a matrix over its short one from which on the way over the Gram matrix is shorter. */
const LEAST_ASPECT = 2;

/**
 * The Newton-Schulz steps of a matrix X that is much longer than wide: X (a I + b G + c G^2) for its Gram matrix G = X'X is
 * X times a polynomial of G, and so is the G of the result. All products but the last are of the small matrix.
 *
 * @param gram G, `[n, n]`, float32, eigenvalues 0..1.
 * @returns The factor of X, `[n, n]`.
 */
function factorOfSteps(gram: tf.Tensor2D): tf.Tensor2D {
  const [linear, cubic, quintic] = QUINTIC;
  const diagonal = tf.mul(tf.eye(gram.shape[0]), linear);
  const factorOf = (of: tf.Tensor2D) => {
    const square = tf.mul(tf.matMul(of, of), quintic);
    return tf.addN([diagonal, tf.mul(of, cubic), square]) as tf.Tensor2D;
  };
  let current: tf.Tensor2D = gram;
  let factor = factorOf(current);
  let product = factor;
  for (let step = 1; step < ITERATIONS; step++) {
    current = tf.matMul(tf.matMul(factor, current), factor);
    factor = factorOf(current);
    product = tf.matMul(product, factor);
  }
  return product;
}

/**
 * Brings the singular values of a matrix close to 1 and keeps its singular vectors, by five Newton-Schulz steps.
 *
 * @param matrix `[rows, columns]`, float32, not all zero.
 * @returns Same shape; singular values of about 0.7 to 1.2, those below a hundredth of the matrix's norm less.
 */
export function orthogonalize(matrix: tf.Tensor2D): tf.Tensor2D {
  const [rows, columns] = matrix.shape;
  const isTall = rows > columns;
  return tf.tidy(() => {
    // By squares: `tf.norm` takes powers one by one, a third of the time of all.
    const size = tf.sqrt(tf.sum(tf.square(matrix)));
    let x = tf.div<tf.Tensor2D>(matrix, tf.add(size, 1e-12));
    // The smaller of both Gram matrices.
    const gramOf = (of: tf.Tensor2D) => tf.matMul<tf.Tensor2D>(of, of, isTall, !isTall);
    const times = (of: tf.Tensor2D, factor: tf.Tensor2D): tf.Tensor2D =>
      isTall ? tf.matMul(of, factor) : tf.matMul(factor, of);
    if (Math.max(rows, columns) > LEAST_ASPECT * Math.min(rows, columns)) {
      // Five steps multiply what rounding leaves of small eigenvalues by 20,000: in float32 that is not seen.
      return withoutRounding(() => times(x, factorOfSteps(gramOf(x))));
    }
    const [linear, cubic, quintic] = QUINTIC;
    for (let step = 0; step < ITERATIONS; step++) {
      const gram = gramOf(x);
      const factor = tf.add<tf.Tensor2D>(
        tf.mul(gram, cubic),
        tf.mul(tf.matMul(gram, gram), quintic),
      );
      x = tf.add<tf.Tensor2D>(tf.mul(x, linear), times(x, factor));
    }
    return x;
  });
}

/**
 * Whether Muon updates a parameter: the matrix of the puppeteer's pointwise convolution, and stored kernels of
 * convolutions, which mix channels. Depthwise kernels, norms, biases, and linear layers stay with Adam.
 *
 * @param name Name of the parameter.
 * @param shape Its shape.
 * @returns The answer.
 */
export function suitsMuon(name: string, shape: readonly number[]): boolean {
  if (name === "puppeteer.pointwise.weights") return true;
  return name.startsWith("kernels.") && shape.length === 4 && shape[2]! > 1 && shape[3]! > 1;
}

/**
 * Muon (Jordan 2024) for one matrix: momentum as of Nesterov, whose singular values are brought to 1. Scaled so that an
 * update is as large as one of Adam's and one learning rate serves both (Liu et al. 2025), with decoupled weight decay. A
 * kernel `[k, k, in, out]` is a matrix of k * k * in rows.
 */
export class MuonMemory implements ParameterMemory {
  readonly parts = ["first"] as const;
  readonly #momentum: tf.Variable;
  readonly #weightDecay: number;

  /**
   * Starts without momentum.
   *
   * @param shape Shape of the parameter, of two axes or more.
   * @param options Weight decay.
   */
  constructor(shape: number[], { weightDecay }: Pick<TrainingConfig, "weightDecay">) {
    this.#momentum = zeroVariable(shape);
    this.#weightDecay = weightDecay;
  }

  update(parameter: tf.Variable, gradient: tf.Tensor, { learningRate }: UpdateStep): void {
    tf.tidy(() => {
      this.#momentum.assign(tf.add(tf.mul(this.#momentum, MOMENTUM), gradient));
      const ahead = tf.add(gradient, tf.mul(this.#momentum, MOMENTUM));
      const columns = parameter.shape.at(-1)!;
      const rows = parameter.size / columns;
      const direction = orthogonalize(tf.reshape(ahead, [rows, columns]));
      const change = tf.mul(
        direction,
        learningRate * UPDATE_SIZE * Math.sqrt(Math.max(rows, columns)),
      );
      const kept = tf.mul(parameter, 1 - learningRate * this.#weightDecay);
      parameter.assign(tf.sub(kept, tf.reshape(change, parameter.shape)));
    });
  }

  tensors(): tf.Tensor[] {
    return [this.#momentum.clone()];
  }

  assign([momentum]: readonly tf.Tensor[]): void {
    this.#momentum.assign(momentum!);
  }

  dispose(): void {
    this.#momentum.dispose();
  }
}
