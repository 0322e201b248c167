import * as tf from "@tensorflow/tfjs-core";

/**
 * A variable of zeros that nothing is recorded for.
 *
 * @param shape Its shape.
 * @returns The variable, float32; the caller's to dispose.
 */
export function zeroVariable(shape: number[]): tf.Variable {
  const zeros = tf.zeros(shape);
  // The variable copies its initial value, which has to be freed.
  const variable = tf.variable(zeros, false);
  zeros.dispose();
  return variable;
}
